import { expect, test } from "vitest";
import { week } from "./week";

test("a week has every hour, and those in which runs were made their count", () => {
  const found = week([
    { weekday: 1, hour: 9, runs: 2 },
    { weekday: 7, hour: 23, runs: 5 },
  ]);
  expect(found.map((hours) => hours.length)).toEqual([24, 24, 24, 24, 24, 24, 24]);
  expect([found[0]?.[9], found[6]?.[23], found.flat().reduce((sum, one) => sum + one, 0)]).toEqual([2, 5, 7]);
});
