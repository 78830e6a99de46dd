import { expect, test } from "vitest";
import { csvOf } from "./csv";

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])("what would be a formula begins with a quote: %j", (text) => {
  expect(csvOf([[text]]).replace(/^"/, "").startsWith("'")).toBe(true);
});

test("numbers stay numbers, and quotes, commas and line ends are quoted", () => {
  expect(csvOf([["a,b", 'c"d', -2], ["e\nf", "", 0.5]])).toBe('"a,b","c""d",-2\r\n"e\nf",,0.5\r\n');
});
