import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { read } from "./document";
import { addTask, removeTask, setField, setOwn } from "./edits";
import { cut, partsOf, textOf } from "./parts";

const NOTED = `# whose it is
casework: 1
key: leave
# what is to be done
tasks: # three
  # whoever wants to go
  - key: ask
    prompt: |
      - key: no task
      # no comment
    next:
    - to: decide

  # the lead decides
  - {key: decide, kind: human}
  -
    key: file
# what comes of it
output: 'true'
start: [ask, decide]
`;

test("a text is its parts in a row, each task one of them", () => {
  for (const text of [NOTED, NOTED.replaceAll("  -", "-"), NOTED.replaceAll("\n", "\r\n"), "tasks:\n- key: a"]) {
    const parts = partsOf(text);
    expect(parts && textOf(parts)).toBe(text);
  }
  expect(partsOf(NOTED)?.tasks.map((part) => part.split("\n").length - 1)).toEqual([8, 1, 3]);
  expect(partsOf("key: a\ntasks: []\n")).toBeNull();
  expect(partsOf("tasks:\n  only: one\n")).toBeNull();
});

test("what is read in parts is what the whole says", () => {
  const whole = parseDocument(NOTED).toJS() as { tasks: { key: string; prompt?: string }[]; start: string[] };
  const found = read(NOTED);
  expect(found?.tasks.map(({ key, prompt }) => ({ key, ...(prompt === undefined ? {} : { prompt }) }))).toEqual(whole.tasks.map(({ key, prompt }) => ({ key, ...(prompt === undefined ? {} : { prompt }) })));
  expect(found?.start).toEqual(whole.start);
});

test("a part that does not parse, or that belongs to nothing, leaves nothing readable", () => {
  for (const broken of ["  - {key: x", "  - key: [", "  - 3", "   word", "  word: 1", "tasks: []", "key: twice", "  - *unknown"]) {
    expect(read(NOTED.replace("# what comes", `${broken}\n# what comes`))).toBeNull();
  }
});

test("a task that did not change is the same object as before", () => {
  const before = read(NOTED)?.tasks;
  const after = read(setField(NOTED, "decide", "name", "Decide"))?.tasks;
  expect(after?.map((task, index) => task === before?.[index])).toEqual([true, false, true]);
});

test("an edit leaves every other line as it is written", () => {
  const changed = setOwn(setField(NOTED, "ask", "name", "Ask"), "name", "Leave").split("\n");
  const lost = NOTED.split("\n").filter((line) => !changed.includes(line));
  expect(lost).toEqual(["    - to: decide"]);
  expect(setOwn(NOTED, "name", "Leave")).toBe(NOTED.replace("key: leave\n", "key: leave\nname: Leave\n"));
  expect(addTask(NOTED, "human", "Tell", null).text).toBe(NOTED.replace("key: file\n", "key: file\n  - key: tell\n    name: Tell\n    kind: human\n"));
});

test("a task goes from among the starts, and what is said of the next one stays", () => {
  const left = removeTask(NOTED, "ask");
  expect(read(left)).toMatchObject({ start: ["decide"], tasks: [{ key: "decide" }, { key: "file" }] });
  for (const comment of ["# the lead decides", "# what comes of it", "# whoever wants to go"]) expect(left).toContain(comment);
});

test("where the last task went there is room for a first one", () => {
  const none = removeTask("key: a\ntasks: # few\n- key: one # it\n", "one");
  expect(read(none)?.tasks).toEqual([]);
  expect(read(addTask(none, "human", "Two", null).text)?.tasks.map((task) => task.key)).toEqual(["two"]);
});

test("comments after a task stay where they are when it changes", () => {
  expect(cut("  - key: a\n    # its own\n\n  # of the next\n", 2)).toEqual(["  - key: a\n    # its own\n", "\n  # of the next\n"]);
});
