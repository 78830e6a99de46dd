import { expect, test } from "vitest";
import { standingOf } from "./standing";

test.each([
  [{ moved: 5, undone: 0, unchanged: 3 }, "undoable"],
  [{ moved: 2, undone: 3, unchanged: 0 }, "changed"],
  [{ moved: 0, undone: 5, unchanged: 0 }, "undone"],
  [{ moved: 0, undone: 0, unchanged: 0 }, "none"],
] as const)("%j is %s", (migration, standing) => {
  expect(standingOf(migration)).toBe(standing);
});
