import { expect, test } from "vitest";
import { changeBetween } from "./change";

test("what is put in, taken out or replaced is told, and nothing around it", () => {
  expect(changeBetween("key: a\n", "key: a\n")).toBeNull();
  expect(changeBetween("key: a\n", "key: ab\n")).toEqual({ from: 6, to: 6, insert: "b" });
  expect(changeBetween("- a\n- b\n", "- a\n")).toEqual({ from: 4, to: 8, insert: "" });
  expect(changeBetween("name: one", "name: two")).toEqual({ from: 6, to: 9, insert: "two" });
  expect(changeBetween("", "all")).toEqual({ from: 0, to: 0, insert: "all" });
});

test("a change made is the other text, however much repeats in it", () => {
  for (const [before, after] of [["aaa", "aa"], ["aa", "aaaa"], ["abab", "ab"], ["ab\n", ""]] as const) {
    const change = changeBetween(before, after);
    expect(change && before.slice(0, change.from) + change.insert + before.slice(change.to)).toBe(after);
  }
});
