import { expect, test } from "vitest";
import type { TrialWaiting } from "@/api/trial";
import { answerWith, formOf, inputOf, waitsForInstant, wrongIn } from "./script";

function waiting(more: Partial<TrialWaiting>): TrialWaiting {
  return { number: 1, task: "ask", name: "Ask", kind: "human", form: null, given: {}, ...more };
}

test("a run is asked for its input only where that has fields", () => {
  expect(inputOf("input: {properties: {days: {type: integer}}}")?.properties).toHaveProperty("days");
  expect(inputOf("input: {type: object}")).toBeNull();
  expect(inputOf("key: a")).toBeNull();
  expect(inputOf("")).toBeNull();
});

test("people fill in a form or nothing, what machines give is any JSON unless it has a schema", () => {
  const schema = { properties: { days: { type: "integer" } } };
  expect(formOf(waiting({ form: schema }), "Gives")).toEqual({ schema, isWhole: true });
  expect(formOf(waiting({}), "Gives")).toEqual({ schema: {}, isWhole: true });
  expect(formOf(waiting({ kind: "http" }), "Gives")).toEqual({ schema: { properties: { output: { title: "Gives" } } }, isWhole: false });
  expect(formOf(waiting({ kind: "agent", form: schema }), "Gives").isWhole).toBe(true);
});

test("an instant comes by itself, an event is answered", () => {
  expect(waitsForInstant(waiting({ kind: "wait", given: { until: "2027-01-01T00:00:00Z" } }))).toBe(true);
  expect(waitsForInstant(waiting({ kind: "wait", given: { event: "paid", correlation: "7" } }))).toBe(false);
});

test("what was filled in is the answer, or the one value of it", () => {
  expect(answerWith(waiting({}), { days: 1 }, true)).toEqual({ task: "ask", output: { days: 1 } });
  expect(answerWith(waiting({ kind: "http" }), { output: [1] }, false)).toEqual({ task: "ask", output: [1] });
  expect(answerWith(waiting({ kind: "http" }), {}, false)).toEqual({ task: "ask", output: null });
});

test("problems stand at their fields, of the input and of an answer", () => {
  expect(wrongIn([{ path: "/data/days", message: "a" }]).get("/days")).toBe("a");
  expect(wrongIn([{ path: "/input/days", message: "b" }]).get("/days")).toBe("b");
});
