import { expect, test } from "vitest";
import { isSame, keeper } from "./keep";

test("values that say the same are the same, however deep, and functions only themselves", () => {
  const act = () => 1;
  expect(isSame({ a: [1, { b: NaN }], act }, { act, a: [1, { b: NaN }] })).toBe(true);
  expect(isSame({ act }, { act: () => 1 })).toBe(false);
  for (const [one, other] of [
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [1]],
    [new Map([[1, 2]]), new Map([[1, 2]])],
    [null, {}],
  ]) {
    expect(isSame(one, other)).toBe(false);
  }
});

test("what changed is new, everything else is what it was, in the order that is asked for", () => {
  const keep = keeper<{ id: string; at: number }>();
  const [a, b] = keep([{ id: "a", at: 1 }, { id: "b", at: 2 }]);
  const after = keep([{ id: "b", at: 2 }, { id: "a", at: 3 }, { id: "c", at: 4 }]);
  expect(after.map((one) => one === a || one === b)).toEqual([true, false, false]);
  expect(after.map((one) => one.at)).toEqual([2, 3, 4]);
});
