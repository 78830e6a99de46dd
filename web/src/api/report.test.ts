import { expect, test } from "vitest";
import { everyStretch, merged, NOTHING, unplaced, type Reason } from "./report";

function reason(code: string, task: string | null, ...runs: number[]): Reason {
  return { code, task, runs: runs.length, samples: runs.map((assignmentId) => ({ assignmentId, step: 1, message: "" })) };
}

test("stretches are counted together, a reason once, the most frequent first", () => {
  const first = { ...NOTHING, lookedAt: 3, moved: 1, stayed: 2, reasons: [reason("task", "pay", 1), reason("kind", "pay", 2)], next: 3 };
  const both = merged(first, { ...NOTHING, migrationId: 5, lookedAt: 2, moved: 1, stayed: 1, reasons: [reason("kind", "pay", 4)] });
  expect(both).toMatchObject({ migrationId: 5, lookedAt: 5, moved: 2, stayed: 3, next: null });
  expect(both.reasons.map(({ code, runs }) => [code, runs])).toEqual([["kind", 2], ["task", 1]]);
  expect(both.reasons[0]?.samples.map((one) => one.assignmentId)).toEqual([2, 4]);
});

test("of many cases ten are named", () => {
  const many = { ...NOTHING, reasons: [reason("attempt", "call", 1, 2, 3, 4, 5, 6, 7, 8)] };
  expect(merged(many, many).reasons[0]).toMatchObject({ runs: 16, samples: { length: 10 } });
});

test("one stretch is asked for after the other until there are no more", async () => {
  const asked: [number, number | null][] = [];
  const seen: number[] = [];
  const sum = await everyStretch(
    (after, { migrationId }) => {
      asked.push([after, migrationId]);
      return Promise.resolve({ ...NOTHING, migrationId: 7, lookedAt: 1, moved: 1, next: after < 20 ? after + 10 : null });
    },
    NOTHING,
    ({ moved }) => seen.push(moved),
  );
  expect(asked).toEqual([[0, null], [10, 7], [20, 7]]);
  expect(seen).toEqual([1, 2, 3]);
  expect(sum.moved).toBe(3);
});

test("a task can be mapped where the version has none of its key, and stays in the map", () => {
  expect(unplaced([reason("task", "pay", 1), reason("kind", "ask", 2), reason("input", null, 3)], { appeal: "settle" })).toEqual(["appeal", "pay"]);
});
