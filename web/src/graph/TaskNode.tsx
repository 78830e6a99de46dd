import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";
import type { TFunction } from "i18next";
import { createContext, memo, useContext, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { IconAlertTriangle, IconArrowsJoin, IconArrowsSplit, IconFlag, IconPlayerPlay, IconRepeat, IconStack2, type Icon } from "@/ui";
import { useIsChosen } from "./choice";
import classes from "./graph.module.css";
import type { GraphTask } from "./graph";
import { KindIcon } from "./KindIcon";
import { isSame } from "./keep";
import type { Point } from "./layout";

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

export type TaskNodeData = { task: GraphTask; isRightToLeft: boolean; onSelect: (key: string) => void; onStep: ((key: string, by: Point) => void) | undefined };
export type TaskNode = Node<TaskNodeData, "task">;

export type FaceOf = (key: string) => TaskFace;

/**
 * What a task shows, by its key. Beside the nodes and not in them, so that a figure that changes draws no other task anew;
 * and asked by each task, so that a large drawing need not say everything at once.
 */
export const Faces = createContext<FaceOf>(() => ({}));

/** What tells in words that a task is moved by the arrow keys. */
export const ARROWS = "tasks-moved-by-arrow-keys";

/** Pixels of the drawing: a dot of its ground, and five of them with Shift. */
const STEP = 20;
const STEP_LARGE = 100;
const STEPS: Record<string, Point> = { ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 }, ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 } };

export const TaskNodeView = memo(function TaskNodeView({ data }: NodeProps<TaskNode>) {
  const face = useContext(Faces)(data.task.key);
  const isChosen = useIsChosen(data.task.key);
  return <Drawn {...data} face={face} isChosen={isChosen} />;
});

/** Apart from where it stands, which the node is told anew with every layout. */
const Drawn = memo(function Drawn({ task, face, isRightToLeft, onSelect, onStep, isChosen }: TaskNodeData & { face: TaskFace; isChosen: boolean }) {
  const { t } = useTranslation("workflows");
  const isEditable = onStep !== undefined;
  const step = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // the page would scroll
    const size = event.shiftKey ? STEP_LARGE : STEP;
    onStep?.(task.key, { x: by.x * size, y: by.y * size });
  };
  const [into, out] = isRightToLeft ? [Position.Right, Position.Left] : [Position.Left, Position.Right];
  return (
    <>
      <Handle type="target" position={into} isConnectable={isEditable} className={classes["handle"]} />
      <button
        type="button"
        className={`${classes["task"]} nopan`}
        data-movable={isEditable || undefined}
        data-heat={face.heat ?? 0}
        data-chosen={isChosen || undefined}
        data-problem={face.hasProblem === true || undefined}
        aria-pressed={isChosen}
        aria-label={face.label}
        aria-describedby={isEditable ? ARROWS : undefined}
        translate="no"
        onClick={() => onSelect(task.key)}
        onKeyDown={isEditable ? step : undefined}
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
