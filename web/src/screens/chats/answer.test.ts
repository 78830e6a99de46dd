import { expect, test } from "vitest";
import { heard, SILENCE, standingOf } from "./answer";

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

test("a restart that says nothing leaves no message", () => {
  expect([piece("One moment."), piece("", true)].reduce(heard, SILENCE).said).toEqual([]);
});

const CALL = { id: "c", name: "refund", arguments: "{}" };

test.each([
  [undefined, undefined, "open"],
  ["paid", undefined, "done"],
  [undefined, { status: "current", answer: null }, "waiting"],
  ["paid", { status: "completed", answer: { decision: "accept" } }, "accepted"],
  ["paid", { status: "completed", answer: { decision: "edit", arguments: {} } }, "edited"],
  ["no", { status: "completed", answer: { decision: "refuse" } }, "refused"],
  ["7", { status: "completed", answer: { answer: "7" } }, "done"],
  [undefined, { status: "cancelled", answer: null }, "dropped"],
] as const)("a call that gave %j with the question %j is %s", (result, question, standing) => {
  expect(standingOf({ ...CALL, ...(result === undefined ? {} : { result }) }, question)).toBe(standing);
});
