/** What was done in a case before, whoever did it: steps where the reader may see the case, else activities. Pure. */

import type { Activity } from "@/api/activities";
import type { CaseStep } from "@/api/cases";

export interface Past {
  id: string;
  task: string | undefined;
  name: string;
  /** Its words under `common:status`. */
  status: `task.${CaseStep["status"]}` | `activity.${Activity["attributes"]["status"]}`;
  isCompleted: boolean;
  at: string | null;
  output: unknown;
}

const OPEN_STEPS: readonly string[] = ["pending", "current"];
const OPEN_ACTIVITIES: readonly string[] = ["pending", "assigned", "in-progress", "paused"];

export function pastOfSteps(steps: readonly CaseStep[], here: string): Past[] {
  return steps
    .filter((one) => one.uuid !== here && !OPEN_STEPS.includes(one.status))
    .map((one) => ({
      id: one.uuid,
      task: one.taskKey,
      name: one.taskName === "" ? one.taskKey : one.taskName,
      status: `task.${one.status}`,
      isCompleted: one.status === "completed",
      at: one.exitedAt,
      output: one.output,
    }));
}

/** Activities name their task by its name alone. */
export function pastOfActivities(activities: readonly Activity[], tasks: readonly { key: string; name?: string | null }[], here: string): Past[] {
  return activities
    .filter((one) => one.id !== here && !OPEN_ACTIVITIES.includes(one.attributes.status))
    .map(({ id, attributes }) => ({
      id,
      task: tasks.find((task) => (task.name ?? task.key) === attributes.name)?.key,
      name: attributes.name,
      status: `activity.${attributes.status}`,
      isCompleted: attributes.status === "completed",
      at: attributes.completed_at,
      output: attributes.output,
    }));
}
