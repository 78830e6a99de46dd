import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle, IconArrowsJoin, IconArrowsSplit, IconFlag, IconPlayerPlay, IconRepeat, IconStack2, type Icon } from "@/ui";
import classes from "./graph.module.css";
import type { GraphTask } from "./graph";
import { KindIcon } from "./KindIcon";

/** What a task shows beside its name. */
export interface TaskFace {
  /** How much there is of what is looked at, from 0 (nothing) to 4 (the most). */
  heat?: number;
  /** Said at the foot of the task. */
  figure?: string;
  aside?: string;
  /** Everything that is said about it, for those who do not see it. */
  label?: string;
  hasProblem?: boolean;
}

export type TaskNodeData = { task: GraphTask; face: TaskFace; isRightToLeft: boolean; isEditable: boolean; onSelect: (key: string) => void };
export type TaskNode = Node<TaskNodeData, "task">;

export const TaskNodeView = memo(function TaskNodeView({ data, selected }: NodeProps<TaskNode>) {
  const { task, face, isRightToLeft, isEditable, onSelect } = data;
  const { t } = useTranslation("workflows");
  const [into, out] = isRightToLeft ? [Position.Right, Position.Left] : [Position.Left, Position.Right];
  return (
    <>
      <Handle type="target" position={into} isConnectable={isEditable} className={classes["handle"]} />
      <button
        type="button"
        className={`${classes["task"]} nopan`}
        data-heat={face.heat ?? 0}
        data-chosen={selected || undefined}
        data-problem={face.hasProblem === true || undefined}
        aria-pressed={selected}
        aria-label={face.label}
        translate="no"
        onClick={() => onSelect(task.key)}
      >
        <span className={classes["head"]}>
          <KindIcon kind={task.kind} className={classes["kind"]} />
          <span className={classes["name"]}>{task.name}</span>
        </span>
        <span className={classes["foot"]}>
          <span className={classes["figure"]}>{face.figure ?? t(`kind.${task.kind}`, { defaultValue: task.kind })}</span>
          {face.aside !== undefined && <span>{face.aside}</span>}
          <Marks task={task} hasProblem={face.hasProblem === true} />
        </span>
      </button>
      <Handle type="source" position={out} isConnectable={isEditable} className={classes["handle"]} />
    </>
  );
});

function Marks({ task, hasProblem }: { task: GraphTask; hasProblem: boolean }) {
  const { t } = useTranslation("workflows");
  const marks: readonly [boolean, Icon, string][] = [
    [hasProblem, IconAlertTriangle, t("mark.problem")],
    [task.isStart, IconPlayerPlay, t("mark.start")],
    [task.join !== "each", IconArrowsJoin, t(`mark.join_${task.join}`)],
    [task.splits, IconArrowsSplit, t("mark.split")],
    [task.loops, IconRepeat, t("mark.loop")],
    [task.isPerItem, IconStack2, t("mark.items")],
    [task.ends, IconFlag, t("mark.end")],
  ];
  return (
    <span className={classes["marks"]}>
      {marks
        .filter(([holds]) => holds)
        .map(([, Mark, label]) => (
          <span key={label} title={label}>
            <Mark size={14} aria-hidden />
          </span>
        ))}
    </span>
  );
}
