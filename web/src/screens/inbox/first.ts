/** The first steps in a new workspace. Pure. */

export const STEPS = ["invite", "workflow", "start", "complete"] as const;
export type FirstStep = (typeof STEPS)[number];

/** Which steps are done, by what is there. */
export function doneOf(there: { members: number; workflows: number; cases: number; completed: number }): Record<FirstStep, boolean> {
  return { invite: there.members > 1, workflow: there.workflows > 0, start: there.cases > 0, complete: there.completed > 0 };
}
