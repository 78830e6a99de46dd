import { expect, test } from "vitest";
import { heard, SILENCE } from "./answer";

const piece = (delta: string, restart = false) => ({ name: "content", data: { messageId: "a", name: "Triage", delta, restart } });

test("pieces make a message, and a restart takes back those before it", () => {
  const said = [piece("It "), piece("lef"), piece("It left.", true)].reduce(heard, SILENCE).said;
  expect(said).toEqual([{ id: "a", name: "Triage", text: "It left." }]);
});

test("a result is put to its call", () => {
  const call = { name: "tool_call", data: { id: "c", name: "find", arguments: "{}" } };
  const result = { name: "tool_result", data: { id: "c", content: "found" } };
  expect(heard(heard(SILENCE, call), result).calls).toEqual([{ id: "c", name: "find", arguments: "{}", result: "found" }]);
});
