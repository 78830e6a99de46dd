import { expect, test } from "vitest";
import { differences, EMPTY, read } from "./document";
import { addTask, changeWay, connect, freeKey, removeTask, removeWay, setField } from "./edits";

const NOTED = `casework: 1
key: leave # ours
name: Leave
tasks:
  # whoever wants to go
  - key: ask
    kind: human
    next:
      - {to: decide, when: "output.days > 2"} # long ones
      - {to: file}
  - {key: decide, kind: human, next: [{to: file}], on_error: file}
  - {key: file, kind: human}
`;

test("three tasks added one after the other are a chain", () => {
  let state = addTask(EMPTY, "human", "Ask for leave", null);
  for (const name of ["Decide", "File it"]) state = addTask(state.text, "human", name, state.key);
  const tasks = read(state.text)?.tasks ?? [];
  expect(tasks.map((task) => task.key)).toEqual(["ask_for_leave", "decide", "file_it"]);
  expect(tasks[0]?.next).toEqual([{ to: "decide" }]);
});

test("comments stay where they were through every edit", () => {
  const connected = connect(changeWay(NOTED, "ask", 0, "when", "output.days > 5"), "file", "ask");
  const changed = setField(connected, "file", "name", "File it");
  for (const comment of ["# ours", "# whoever wants to go", "# long ones"]) expect(changed).toContain(comment);
  expect(read(changed)?.tasks[0]?.next?.[0]).toEqual({ to: "decide", when: "output.days > 5" });
  expect(read(changed)?.tasks[2]).toMatchObject({ name: "File it", next: [{ to: "ask" }] });
});

test("a task goes with every way to it", () => {
  const left = read(removeTask(NOTED, "file"))?.tasks ?? [];
  expect(left.map((task) => [task.key, task.next?.length, task.on_error])).toEqual([
    ["ask", 1, undefined],
    ["decide", 0, undefined],
  ]);
  expect(removeWay(NOTED, "decide", 0)).not.toContain("next: []");
});

test("what does not parse is not shown, and not changed", () => {
  expect(read("tasks: [")).toBeNull();
  expect(read("tasks: 3")).toBeNull();
  expect(connect("tasks: [", "a", "b")).toBe("tasks: [");
});

test("keys are made of names, each its own", () => {
  expect(freeKey("Prüfen & zahlen", new Set())).toBe("pru_fen_zahlen");
  expect(freeKey("End", new Set(["task"]))).toBe("task_2");
  expect(freeKey("مراجعة", new Set())).toBe("task");
});

test("differences are told by task, whatever the order of fields", () => {
  const before = [{ key: "a", kind: "human", next: [{ to: "b" }] }, { key: "b" }, { key: "c" }];
  const after = [{ next: [{ to: "b" }], kind: "human", key: "a" }, { key: "b", name: "B", next: [] }, { key: "d" }];
  expect(differences(before, after).map((one) => [one.key, one.change])).toEqual([
    ["c", "removed"],
    ["b", "changed"],
    ["d", "added"],
  ]);
});
