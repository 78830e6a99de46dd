import { expect, test } from "vitest";
import { whyHere } from "./why";

const tasks = [
  { key: "triage", name: "Triage", next: [{ to: "lead", when: "output.bad" }, { to: "resolve" }] },
  { key: "lead", next: [] },
  { key: "resolve", next: [{ to: "triage", when: "a" }, { to: "triage", when: "b" }] },
];

test("the condition of the way is named", () => {
  expect(whyHere(tasks, "lead", "triage")).toEqual({ from: "Triage", condition: "output.bad", passed: [] });
});

test("a way without a condition was taken because those before it were false", () => {
  expect(whyHere(tasks, "resolve", "triage")).toEqual({ from: "Triage", condition: null, passed: ["output.bad"] });
});

test("nothing is claimed where it is not certain", () => {
  expect(whyHere(tasks, "triage", "resolve")).toBeNull();
  expect(whyHere(tasks, "triage", undefined)).toBeNull();
});
