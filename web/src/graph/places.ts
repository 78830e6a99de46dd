/** Where people put tasks in a drawing: places by task. An empty map is a drawing that is laid out by itself. */
import type { Graph } from "./graph";
import { COLUMN_GAP, ROW_GAP, TASK_HEIGHT, TASK_WIDTH, type Layout, type Point } from "./layout";

export type Places = ReadonlyMap<string, Point>;

export const NO_PLACES: Places = new Map();

/**
 * Where every task stands: as it was laid out, or, once somebody has put one in its place, where each of them is kept. Of
 * those, a task without a place of its own stands beside what leads to it, or else below the others; none lies on another.
 */
export function standing(graph: Graph, layout: Layout, places: Places, isRightToLeft: boolean): Places {
  if (places.size === 0) return layout.tasks;
  const found = new Map<string, Point>();
  for (const { key } of graph.tasks) {
    const place = places.get(key);
    if (place !== undefined) found.set(key, place);
  }
  for (const { key } of graph.tasks) {
    if (!found.has(key)) found.set(key, besideOthers(key, graph, found, isRightToLeft));
  }
  return found;
}

function besideOthers(key: string, graph: Graph, found: Places, isRightToLeft: boolean): Point {
  const taken = [...found.values()];
  const before = graph.ways.find((way) => way.to === key && found.has(way.from));
  const from = before && found.get(before.from);
  if (from !== undefined) return freeFrom({ x: from.x + (TASK_WIDTH + COLUMN_GAP) * (isRightToLeft ? -1 : 1), y: from.y }, taken);
  if (taken.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...taken.map(({ x }) => x)), y: Math.max(...taken.map(({ y }) => y)) + TASK_HEIGHT + ROW_GAP };
}

/** The first place from there downwards where no task is. */
function freeFrom(at: Point, taken: readonly Point[]): Point {
  const covering = taken.filter((one) => Math.abs(one.x - at.x) < TASK_WIDTH && Math.abs(one.y - at.y) < TASK_HEIGHT);
  if (covering.length === 0) return at;
  return freeFrom({ x: at.x, y: Math.max(...covering.map(({ y }) => y)) + TASK_HEIGHT + ROW_GAP }, taken);
}

/** The same, seen in a mirror: what is drawn from right to left is kept as if it were drawn from left to right. */
export function mirrored(places: Places): Places {
  return new Map([...places].map(([key, { x, y }]) => [key, { x: -x - TASK_WIDTH, y }]));
}

/** What holds all of them. */
export function extentOf(places: Places): { x: number; y: number; width: number; height: number } {
  const spots = [...places.values()];
  if (spots.length === 0) return { x: 0, y: 0, width: TASK_WIDTH, height: TASK_HEIGHT };
  const [x, y] = [Math.min(...spots.map((one) => one.x)), Math.min(...spots.map((one) => one.y))];
  return { x, y, width: Math.max(...spots.map((one) => one.x)) + TASK_WIDTH - x, height: Math.max(...spots.map((one) => one.y)) + TASK_HEIGHT - y };
}
