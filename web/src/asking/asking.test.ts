import { expect, test } from "vitest";
import { callOf, editingOf, formOf, verdictOf, type Ask } from "./asking";

const FIELDS = { type: "object", properties: { amount: { type: "integer" } } };
const ask = (detail: Record<string, unknown>, schema: unknown = FIELDS): Ask => ({
  prompt: "Pays money back.",
  form: { then: { properties: { arguments: schema } } },
  detail,
});

test("a call is what names a tool and its arguments; a question of another kind is none", () => {
  expect(callOf(ask({ tool: "refund", arguments: { amount: 12 } }))).toEqual({ tool: "refund", arguments: { amount: 12 }, because: null });
  expect(callOf(ask({ tool: "refund", arguments: {}, because: "It acts outside." }))?.because).toBe("It acts outside.");
  expect(callOf(ask({ tool: "ask_person" }))).toBeNull();
  expect(callOf(ask({ budget: "calls" }))).toBeNull();
});

test("hidden arguments are none", () => {
  expect(callOf(ask({ tool: "[hidden]", arguments: "[hidden]", because: "[hidden]" }))).toEqual({ tool: "[hidden]", arguments: null, because: null });
});

test.each([[true], [null], ["[hidden]"], [undefined]])("a question whose form is %j has no field", (form) => {
  expect(formOf({ ...ask({}), form })).toEqual({});
  expect(formOf({ ...ask({}), form: FIELDS })).toBe(FIELDS);
});

test("arguments are edited field by field where their schema names each of them", () => {
  const editing = editingOf(ask({}), { tool: "refund", arguments: { amount: 12 }, because: null }, "Arguments");
  expect(editing.schema).toBe(FIELDS);
  expect(editing.argumentsOf({ ...editing.first, amount: 10 })).toEqual({ amount: 10 });
});

test.each([
  ["no schema that names fields", { type: "object" }, { amount: 12 }],
  ["an argument that the schema does not name", FIELDS, { amount: 12, to: "4711" }],
])("with %s they are edited as JSON", (_, schema, wanted) => {
  const editing = editingOf(ask({}, schema), { tool: "refund", arguments: wanted, because: null }, "Arguments");
  expect(editing.first).toEqual({ arguments: wanted });
  expect(editing.prefix).toBe("/data");
  expect(editing.argumentsOf({ arguments: { amount: 10 } })).toEqual({ amount: 10 });
});

test.each([
  [{ decision: "accept", arguments: { amount: 12 } }, { decision: "accept" }],
  [{ decision: "edit", arguments: { amount: 10 } }, { decision: "edit", arguments: { amount: 10 } }],
  [{ decision: "refuse", reason: "Never paid." }, { decision: "refuse", reason: "Never paid." }],
  [{ decision: "continue" }, null],
  ["[hidden]", null],
  [null, null],
])("the answer %j says %j", (answer, verdict) => {
  expect(verdictOf(answer)).toEqual(verdict);
});
