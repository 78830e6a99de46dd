/** The tasks and ways of a graph as the drawing is told of them: those that say the same are the same objects as before. */
import { MarkerType, Position, type NodeHandle } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Graph } from "./graph";
import { keeper } from "./keep";
import { routeBetween, TASK_HEIGHT, TASK_WIDTH, type Layout, type Point } from "./layout";
import type { Places } from "./places";
import type { TaskNode } from "./TaskNode";
import type { WayEdge } from "./WayEdge";

const ARROW = { type: MarkerType.ArrowClosed, width: 14, height: 14 } as const;
const SIZE = { width: TASK_WIDTH, height: TASK_HEIGHT };

interface Wanted {
  graph: Graph;
  layout: Layout;
  /** Where the tasks stand; one that stands nowhere yet is not drawn. */
  spots: Places;
  /** How many tasks are drawn, with the ways between them. */
  count: number;
  isRightToLeft: boolean;
  onChoose: (key: string) => void;
  onStep: ((key: string, by: Point) => void) | undefined;
}

export function useThings({ graph, layout, spots, count, isRightToLeft, onChoose, onStep }: Wanted): { nodes: TaskNode[]; edges: WayEdge[] } {
  const { t } = useTranslation("workflows");
  const [keepNodes] = useState(() => keeper<TaskNode>());
  const [keepEdges] = useState(() => keeper<WayEdge>());
  const nodes = useMemo(() => {
    const made = graph.tasks.slice(0, count).flatMap((task): TaskNode[] => {
      const position = spots.get(task.key);
      if (position === undefined) return [];
      return [{ id: task.key, type: "task", position, ...SIZE, measured: SIZE, handles: handles(isRightToLeft), data: { task, isRightToLeft, onSelect: onChoose, onStep } }];
    });
    return keepNodes(made);
  }, [graph, spots, count, isRightToLeft, onChoose, onStep, keepNodes]);
  const edges = useMemo(() => {
    const drawn = new Set(nodes.map((node) => node.id));
    const made = graph.ways.flatMap((way): WayEdge[] => {
      const [from, to] = [spots.get(way.from), spots.get(way.to)];
      if (from === undefined || to === undefined || !drawn.has(way.from) || !drawn.has(way.to)) return [];
      return [
        {
          id: way.id,
          type: "way",
          source: way.from,
          target: way.to,
          markerEnd: { ...ARROW, color: way.kind === "error" ? "var(--bad)" : "var(--border-strong)" },
          data: { way, route: routeBetween(layout.ways.get(way.id), from, to), word: way.kind === "next" ? "" : t(`way.${way.kind}`) },
          ariaLabel: t("way.from_to", { from: way.from, to: way.to }),
        },
      ];
    });
    return keepEdges(made);
  }, [graph, layout, spots, nodes, t, keepEdges]);
  return { nodes, edges };
}

/** Where ways begin and end. Told, so that a drawing need not measure each task before it draws the first way. */
function handles(isRightToLeft: boolean): NodeHandle[] {
  const [left, right] = [
    { position: Position.Left, x: 0, y: TASK_HEIGHT / 2 },
    { position: Position.Right, x: TASK_WIDTH, y: TASK_HEIGHT / 2 },
  ];
  const [into, out] = isRightToLeft ? [right, left] : [left, right];
  return [
    { type: "target", ...into, width: 0, height: 0 },
    { type: "source", ...out, width: 0, height: 0 },
  ];
}
