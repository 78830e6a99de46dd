import { expect, test } from "vitest";
import { fieldChanges, lineChanges, taskChanges } from "./compare";

const text = (...lines: (string | number)[]) => lines.join("\n");

test("a task that changed says which of its fields", () => {
  const before = [{ key: "a", name: "A", roles: ["x"] }, { key: "b" }];
  const after = [{ key: "a", name: "A", roles: ["x", "y"], due: "2d" }, { key: "c" }];
  expect(taskChanges(before, after)).toEqual([
    { key: "b", name: "b", change: "removed", fields: [] },
    {
      key: "a",
      name: "A",
      change: "changed",
      fields: [
        { field: "due", before: undefined, after: "2d" },
        { field: "roles", before: ["x"], after: ["x", "y"] },
      ],
    },
    { key: "c", name: "c", change: "added", fields: [] },
  ]);
});

test("some fields may be left out, and the order of names is no change", () => {
  expect(fieldChanges({ tasks: 1, input: { a: 1, b: 2 } }, { tasks: 2, input: { b: 2, a: 1 } }, new Set(["tasks"]))).toEqual([]);
});

test("lines that went and came stand where they were, with those around them", () => {
  expect(lineChanges(text("a", "b", "c", "d"), text("a", "x", "c", "d", "e"))).toEqual([
    { kind: "same", text: "a" },
    { kind: "removed", text: "b" },
    { kind: "added", text: "x" },
    { kind: "same", text: "c" },
    { kind: "same", text: "d" },
    { kind: "added", text: "e" },
  ]);
});

test("what is far from any change is left out", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}`);
  const found = lineChanges(text(...lines), text(...lines.with(10, "ten")));
  expect(found.map((one) => (one.kind === "gap" ? "…" : one.text))).toEqual(["…", "7", "8", "9", "10", "ten", "11", "12", "13", "…"]);
  expect(lineChanges("a\nb", "a\nb")).toEqual([{ kind: "gap", text: "" }]);
});

test("texts that are too long to be compared are replaced whole", () => {
  const many = (word: string) => text(...Array.from({ length: 2_100 }, (_, index) => `${word}${index}`));
  const found = lineChanges(`same\n${many("a")}`, `same\n${many("b")}`);
  expect([found.filter((one) => one.kind === "removed").length, found.filter((one) => one.kind === "added").length]).toEqual([2_100, 2_100]);
});
