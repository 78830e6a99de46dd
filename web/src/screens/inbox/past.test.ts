import { expect, test } from "vitest";
import type { Activity } from "@/api/activities";
import type { CaseStep } from "@/api/cases";
import { pastOfActivities, pastOfSteps } from "./past";

const step = (uuid: string, taskKey: string, status: CaseStep["status"], output: unknown = null) =>
  ({ uuid, taskKey, taskName: "", status, output, exitedAt: null }) as unknown as CaseStep;
const activity = (id: string, name: string, status: string) =>
  ({ id, attributes: { name, status, output: null, completed_at: null } }) as unknown as Activity;

test("what an agent did is there too, and neither what is open nor the work itself", () => {
  const steps = [step("1", "triage", "completed", { topic: "fault" }), step("2", "check", "current"), step("3", "review", "completed")];
  expect(pastOfSteps(steps, "3")).toMatchObject([
    { id: "1", task: "triage", name: "triage", status: "task.completed", isCompleted: true, output: { topic: "fault" } },
  ]);
});

test("an activity is of the task of its name", () => {
  const found = pastOfActivities([activity("1", "Triage", "errored"), activity("2", "Triage", "paused")], [{ key: "t", name: "Triage" }], "9");
  expect(found).toMatchObject([{ id: "1", task: "t", status: "activity.errored", isCompleted: false }]);
});
