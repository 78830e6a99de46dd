import { expect, test } from "vitest";
import { doneOf } from "./first";

test("a step is done by what is there: somebody else, a workflow, a case, a completed one", () => {
  expect(doneOf({ members: 1, workflows: 0, cases: 0, completed: 0 })).toEqual({ invite: false, workflow: false, start: false, complete: false });
  expect(doneOf({ members: 2, workflows: 1, cases: 1, completed: 0 })).toEqual({ invite: true, workflow: true, start: true, complete: false });
  expect(doneOf({ members: 2, workflows: 1, cases: 3, completed: 1 }).complete).toBe(true);
});
