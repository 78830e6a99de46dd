/** Where the tasks and ways of a graph are drawn: laid out by elk, in a worker, so that the page stays quick. */
import ELK, { type ELK as Elk, type ElkExtendedEdge } from "elkjs/lib/elk-api";
import workerAddress from "elkjs/lib/elk-worker.min.js?url";
import { useQuery } from "@tanstack/react-query";
import type { Graph } from "./graph";

export const TASK_WIDTH = 216;
export const TASK_HEIGHT = 76;
export const COLUMN_GAP = 56;
export const ROW_GAP = 32;
const LABEL_HEIGHT = 22;
const LABEL_WIDTH_MAX = 190;
const LETTER_WIDTH = 6.4;
const LABEL_PADDING = 18;

export interface Point {
  x: number;
  y: number;
}

export interface Route {
  points: readonly Point[];
  /** The corners, upper left, of the two tasks that it was laid out between. */
  from: Point;
  to: Point;
  /** The middle of its label. */
  label: Point | null;
}

export interface Layout {
  tasks: ReadonlyMap<string, Point>;
  ways: ReadonlyMap<string, Route>;
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.spacing.nodeNodeBetweenLayers": String(COLUMN_GAP),
  "elk.spacing.nodeNode": String(ROW_GAP),
  "elk.spacing.edgeNode": "20",
  "elk.spacing.edgeEdge": "14",
  "elk.spacing.edgeLabel": "2",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
  "elk.layered.cycleBreaking.strategy": "DEPTH_FIRST",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.edgeLabels.centerLabelPlacementStrategy": "CENTER_LAYER",
};

let elk: Elk | undefined;

function worker(): Elk {
  elk ??= new ELK({ workerFactory: () => new Worker(workerAddress) });
  return elk;
}

/** How a condition is written beside its way; the whole of it stands in the panel and in the table. */
export function labelOf(when: string | null, word: string): string {
  const text = when ?? word;
  const most = Math.floor((LABEL_WIDTH_MAX - LABEL_PADDING) / LETTER_WIDTH);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

export function labelWidth(text: string): number {
  return Math.min(LABEL_WIDTH_MAX, text.length * LETTER_WIDTH + LABEL_PADDING);
}

async function layOut(graph: Graph, isRightToLeft: boolean, words: Words): Promise<Layout> {
  const found = await worker().layout({
    id: "workflow",
    layoutOptions: { ...OPTIONS, "elk.direction": isRightToLeft ? "LEFT" : "RIGHT" },
    children: graph.tasks.map((task) => ({ id: task.key, width: TASK_WIDTH, height: TASK_HEIGHT })),
    edges: graph.ways.map((way) => {
      const text = way.kind === "next" ? (way.when ?? "") : words[way.kind];
      return {
        id: way.id,
        sources: [way.from],
        targets: [way.to],
        labels: text === "" ? [] : [{ text, width: labelWidth(labelOf(text, "")), height: LABEL_HEIGHT }],
      };
    }),
  });
  const tasks = new Map((found.children ?? []).map((child) => [child.id, { x: child.x ?? 0, y: child.y ?? 0 }]));
  return { tasks, ways: new Map(found.edges.map((edge) => [edge.id, routeOf(edge, tasks)])) };
}

const ORIGIN: Point = { x: 0, y: 0 };

function routeOf(edge: ElkExtendedEdge, tasks: ReadonlyMap<string, Point>): Route {
  const points = (edge.sections ?? []).flatMap((section) => [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]);
  const label = edge.labels?.[0];
  return {
    points,
    from: tasks.get(edge.sources[0] ?? "") ?? ORIGIN,
    to: tasks.get(edge.targets[0] ?? "") ?? ORIGIN,
    label: label === undefined ? null : { x: (label.x ?? 0) + (label.width ?? 0) / 2, y: (label.y ?? 0) + (label.height ?? 0) / 2 },
  };
}

interface Words {
  otherwise: string;
  error: string;
}

/** The layout of a graph, anew when its shape changes; what stood before is shown until then. */
export function useLayout(graph: Graph, isRightToLeft: boolean, words: Words) {
  const shape = [graph.tasks.map((task) => task.key), graph.ways.map((way) => [way.id, way.to, way.when]), isRightToLeft, words];
  return useQuery({
    queryKey: ["layout", JSON.stringify(shape)],
    queryFn: () => layOut(graph, isRightToLeft, words),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
}

/** The route between two tasks that stand elsewhere by now; null where they do not stand to each other as they did. */
export function routeBetween(route: Route | undefined, from: Point, to: Point): Route | null {
  if (route === undefined || route.points.length < 2) return null;
  const by = { x: from.x - route.from.x, y: from.y - route.from.y };
  if (to.x - route.to.x !== by.x || to.y - route.to.y !== by.y) return null;
  if (by.x === 0 && by.y === 0) return route;
  const moved = ({ x, y }: Point): Point => ({ x: x + by.x, y: y + by.y });
  return { points: route.points.map(moved), from, to, label: route.label && moved(route.label) };
}

const CORNER = 10;

/** A path through points with round corners. */
export function pathOf(points: readonly Point[]): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return "";
  const corners = points.slice(1, -1).map((point, index) => {
    const before = points[index] ?? first;
    const after = points[index + 2] ?? last;
    const [into, out] = [toward(point, before), toward(point, after)];
    return `L${into.x},${into.y} Q${point.x},${point.y} ${out.x},${out.y}`;
  });
  return `M${first.x},${first.y} ${corners.join(" ")} L${last.x},${last.y}`;
}

function toward(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(CORNER, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
