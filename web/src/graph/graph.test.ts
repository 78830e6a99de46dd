import { expect, test } from "vitest";
import { graphOf } from "./graph";

const LOAN = [
  { key: "intake", next: [{ to: "credit" }, { to: "income", when: "input.amount > 1" }], split: "all" },
  { key: "credit", next: [{ to: "decide" }], on_error: "intake" },
  { key: "income", next: [{ to: "decide" }] },
  { key: "decide", name: "Decide", kind: "human", join: "all", next: [{ to: "intake", when: "output.more" }, { to: "end" }] },
];

test("a way that leads back is told from the others, and marks its task as a loop", () => {
  const { ways, tasks } = graphOf(LOAN, null);
  expect(ways.filter((way) => way.isBack).map((way) => way.id)).toEqual(["credit.error", "decide.0"]);
  expect(tasks.filter((task) => task.loops).map((task) => task.key)).toEqual(["credit", "decide"]);
});

test("splits, joins, starts, ends and names are read", () => {
  const { tasks } = graphOf(LOAN, undefined);
  expect(tasks[0]).toMatchObject({ name: "intake", isStart: true, splits: true, join: "each", ends: false });
  expect(tasks[3]).toMatchObject({ name: "Decide", isStart: false, splits: false, join: "all", ends: true });
  expect(graphOf(LOAN, ["credit", "income"]).tasks.map((task) => task.isStart)).toEqual([false, true, true, false]);
});

test("ways to tasks that are not there are left out", () => {
  expect(graphOf([{ key: "a", next: [{ to: "b" }, { to: "a" }, {}] }], []).ways.map((way) => [way.to, way.isBack])).toEqual([["a", true]]);
});

test("a chain of many thousand tasks is walked", () => {
  const many = Array.from({ length: 4_000 }, (_, index) => ({ key: `t${index}`, next: [{ to: `t${index + 1}` }] }));
  expect(graphOf(many, []).ways).toHaveLength(3_999);
});
