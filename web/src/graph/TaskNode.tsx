import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";
import type { TFunction } from "i18next";
import { createContext, memo, useContext } from "react";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle, IconArrowsJoin, IconArrowsSplit, IconFlag, IconPlayerPlay, IconRepeat, IconStack2, type Icon } from "@/ui";
import classes from "./graph.module.css";
import type { GraphTask } from "./graph";
import { KindIcon } from "./KindIcon";
import { isSame } from "./keep";

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

export type TaskNodeData = { task: GraphTask; isRightToLeft: boolean; isEditable: boolean; onSelect: (key: string) => void };
export type TaskNode = Node<TaskNodeData, "task">;

export type FaceOf = (key: string) => TaskFace;

/**
 * What a task shows, by its key. Beside the nodes and not in them, so that a figure that changes draws no other task anew;
 * and asked by each task, so that a large drawing need not say everything at once.
 */
export const Faces = createContext<FaceOf>(() => ({}));

export const TaskNodeView = memo(function TaskNodeView({ data, selected }: NodeProps<TaskNode>) {
  const face = useContext(Faces)(data.task.key);
  return <Drawn {...data} face={face} selected={selected} />;
});

/** Apart from where it stands, which the node is told anew with every layout. */
const Drawn = memo(function Drawn({ task, face, isRightToLeft, isEditable, onSelect, selected }: TaskNodeData & { face: TaskFace; selected: boolean }) {
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
          <Marks task={task} hasProblem={face.hasProblem === true} t={t} />
        </span>
      </button>
      <Handle type="source" position={out} isConnectable={isEditable} className={classes["handle"]} />
    </>
  );
}, isSame);

function Marks({ task, hasProblem, t }: { task: GraphTask; hasProblem: boolean; t: TFunction<"workflows"> }) {
  const marks: readonly [boolean, Icon, string][] = [
    [hasProblem, IconAlertTriangle, "problem"],
    [task.isStart, IconPlayerPlay, "start"],
    [task.join !== "each", IconArrowsJoin, `join_${task.join}`],
    [task.splits, IconArrowsSplit, "split"],
    [task.loops, IconRepeat, "loop"],
    [task.isPerItem, IconStack2, "items"],
    [task.ends, IconFlag, "end"],
  ];
  return (
    <span className={classes["marks"]}>
      {marks
        .filter(([holds]) => holds)
        .map(([, Mark, mark]) => (
          <span key={mark} title={t(`mark.${mark}`)}>
            <Mark size={14} aria-hidden />
          </span>
        ))}
    </span>
  );
}
