import { expect, test } from "vitest";
import { graphOf } from "./graph";
import { routeBetween, TASK_HEIGHT, TASK_WIDTH, type Layout, type Point } from "./layout";
import { extentOf, mirrored, NO_PLACES, standing, type Places } from "./places";

const GRAPH = graphOf([{ key: "ask", next: [{ to: "decide" }] }, { key: "decide", next: [{ to: "file" }] }, { key: "file" }, { key: "alone" }], null);
const LAYOUT: Layout = { tasks: new Map(GRAPH.tasks.map(({ key }, index) => [key, { x: index * 300, y: 0 }])), ways: new Map() };

function overlap(places: Places): boolean {
  const spots = [...places.values()];
  return spots.some((one, index) => spots.slice(index + 1).some((other) => Math.abs(one.x - other.x) < TASK_WIDTH && Math.abs(one.y - other.y) < TASK_HEIGHT));
}

test("tasks stand as they were laid out until somebody puts one in its place", () => {
  expect(standing(GRAPH, LAYOUT, NO_PLACES, false)).toBe(LAYOUT.tasks);
});

test("what somebody placed stays there, and a new task comes beside what leads to it, on no other", () => {
  const kept = new Map([
    ["ask", { x: 40, y: 700 }],
    ["decide", { x: 40 + TASK_WIDTH + 56, y: 700 }],
  ]);
  const found = standing(GRAPH, LAYOUT, kept, false);
  expect([...found.keys()].sort()).toEqual(["alone", "ask", "decide", "file"]);
  expect(found.get("ask")).toEqual({ x: 40, y: 700 });
  expect(found.get("file")).toEqual({ x: 40 + 2 * (TASK_WIDTH + 56), y: 700 });
  expect(found.get("alone")?.y).toBeGreaterThan(700);
  expect(overlap(found)).toBe(false);
});

test("a new task goes below what stands in its way", () => {
  const kept = new Map(["ask", "decide", "alone"].map((key, index): [string, Point] => [key, { x: index * (TASK_WIDTH + 56), y: 0 }]));
  const found = standing(GRAPH, LAYOUT, kept, false);
  expect(found.get("file")?.x).toBe(found.get("alone")?.x);
  expect(overlap(found)).toBe(false);
});

test("from right to left it comes on the other side, and a mirror undoes a mirror", () => {
  const found = standing(GRAPH, LAYOUT, new Map([["ask", { x: 0, y: 0 }]]), true);
  expect(found.get("decide")?.x).toBeLessThan(-TASK_WIDTH);
  expect(mirrored(mirrored(found))).toEqual(found);
});

test("what holds all tasks is known, also of none", () => {
  expect(extentOf(LAYOUT.tasks)).toEqual({ x: 0, y: 0, width: 900 + TASK_WIDTH, height: TASK_HEIGHT });
  expect(extentOf(NO_PLACES)).toMatchObject({ width: TASK_WIDTH });
});

test("a way keeps its route while its tasks stand to each other as they were laid out, wherever that is", () => {
  const [from, to] = [
    { x: 0, y: 0 },
    { x: 300, y: 50 },
  ];
  const route = { points: [from, to], from, to, label: { x: 150, y: 25 } };
  expect(routeBetween(route, from, to)).toBe(route);
  expect(routeBetween(route, { x: 5, y: 7 }, { x: 305, y: 57 })).toMatchObject({ points: [{ x: 5, y: 7 }, { x: 305, y: 57 }], label: { x: 155, y: 32 } });
  expect(routeBetween(route, { x: 5, y: 7 }, to)).toBeNull();
  expect(routeBetween(undefined, from, to)).toBeNull();
});
