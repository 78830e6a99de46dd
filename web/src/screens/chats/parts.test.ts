import { expect, test } from "vitest";
import { firstPart, needsMore, partsFrom } from "./parts";

test("a hundred messages are shown at first, and those of their parts", () => {
  expect([0, 1, 100, 500, 599, 600, 1_099, 1_100].map((count) => firstPart(count, 500))).toEqual([0, 0, 0, 0, 0, 1, 1, 2]);
});

test("parts go from the first that is shown to the newest", () => {
  expect(partsFrom(0, 0, 500)).toEqual([0]);
  expect(partsFrom(0, 500, 500)).toEqual([0]);
  expect(partsFrom(0, 501, 500)).toEqual([0, 1]);
  expect(partsFrom(1, 1_600, 500)).toEqual([1, 2, 3]);
});

test("questions are asked for until there may be one for each call that is shown", () => {
  const asked = (...statuses: string[]) => statuses.map((status) => ({ status })) as Parameters<typeof needsMore>[0];
  expect(needsMore(asked("completed", "completed"), 2)).toBe(false);
  expect(needsMore(asked("completed", "current"), 2)).toBe(true);
  expect(needsMore([], 0)).toBe(false);
});
