import { expect, test } from "vitest";
import { begin, step, type Act } from "./history";

function after(...acts: Act[]) {
  return acts.reduce(step, begin("a"));
}

test("every edit can be undone and redone", () => {
  const done = after({ type: "edit", text: "b" }, { type: "edit", text: "c" }, { type: "undo" }, { type: "undo" });
  expect(done.text).toBe("a");
  expect(step(step(done, { type: "redo" }), { type: "redo" }).text).toBe("c");
  expect(step(done, { type: "undo" })).toBe(done);
});

test("going on typing in the same place is one step, and a new edit forgets what was undone", () => {
  const typed = after({ type: "edit", text: "b", mark: "name" }, { type: "edit", text: "bc", mark: "name" }, { type: "edit", text: "x", mark: "text" });
  expect(typed.past).toEqual(["a", "bc"]);
  expect(step(step(typed, { type: "undo" }), { type: "edit", text: "y" }).future).toEqual([]);
});
