import { expect, test } from "vitest";
import { rateOf, textOf } from "./rate";

test.each([
  ["100/m", { starts: 100, unit: "m" }],
  ["1/d", { starts: 1, unit: "d" }],
  [null, { starts: null, unit: "m" }],
] as const)("%j is read, and written as it was", (text, rate) => {
  expect(rateOf(text)).toEqual(rate);
  expect(textOf(rateOf(text))).toBe(text);
});
