import { expect, test } from "vitest";
import { NO_PLACES } from "@/graph/places";
import { begin, step, type Act } from "./history";

function after(...acts: Act[]) {
  return acts.reduce(step, begin({ text: "a", places: NO_PLACES }));
}

test("every edit can be undone and redone", () => {
  const done = after({ type: "edit", text: "b" }, { type: "edit", text: "c" }, { type: "undo" }, { type: "undo" });
  expect(done.text).toBe("a");
  expect(step(step(done, { type: "redo" }), { type: "redo" }).text).toBe("c");
  expect(step(done, { type: "undo" })).toBe(done);
});

test("going on typing in the same place is one step, and a new edit forgets what was undone", () => {
  const typed = after({ type: "edit", text: "b", mark: "name" }, { type: "edit", text: "bc", mark: "name" }, { type: "edit", text: "x", mark: "text" });
  expect(typed.past.map(({ text }) => text)).toEqual(["a", "bc"]);
  expect(step(step(typed, { type: "undo" }), { type: "edit", text: "y" }).future).toEqual([]);
});

test("moves of tasks and edits of the text are undone in their order, and keys that move the same task are one step", () => {
  const [here, there] = [new Map([["ask", { x: 20, y: 0 }]]), new Map([["ask", { x: 40, y: 0 }]])];
  const done = after({ type: "edit", text: "b" }, { type: "place", places: here, mark: "ask.place" }, { type: "place", places: there, mark: "ask.place" }, { type: "edit", text: "c" });
  expect(done).toMatchObject({ text: "c", places: there });
  const [once, twice] = [step(done, { type: "undo" }), step(step(done, { type: "undo" }), { type: "undo" })];
  expect(once).toMatchObject({ text: "b", places: there });
  expect(twice).toMatchObject({ text: "b", places: NO_PLACES });
  expect(step(twice, { type: "redo" })).toMatchObject({ text: "b", places: there });
});

test("a task that is added where it is dropped is one step", () => {
  const done = after({ type: "edit", text: "b", places: new Map([["new", { x: 0, y: 0 }]]) });
  expect(done.places.size).toBe(1);
  expect(step(done, { type: "undo" })).toMatchObject({ text: "a", places: NO_PLACES });
});
