import { expect, test } from "vitest";
import { completionsAt } from "./completion";

const TEXT = "tasks:\n  - key: ask\n  - {key: file, kind: human}\n";

test("fields, values and tasks are offered where they belong", () => {
  expect(completionsAt(TEXT, "ta")).toMatchObject({ from: 0, words: expect.arrayContaining(["tasks"]) as unknown });
  expect(completionsAt(TEXT, "    pro").words).toContain("prompt");
  expect(completionsAt(TEXT, "    kind: h")).toMatchObject({ from: 10, words: expect.arrayContaining(["human"]) as unknown });
  expect(completionsAt(TEXT, "      - {to: f").words).toEqual(["ask", "file", "end"]);
  expect(completionsAt(`${TEXT}  - {`, "on_error: ").words).toEqual(["ask", "file", "end"]);
  expect(completionsAt(TEXT, "    name: Whatever it").words).toEqual([]);
});
