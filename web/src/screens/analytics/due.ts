/** How due dates were kept, as rows of charts. */
import type { Figures } from "@/api/analytics";
import type { ChartRow } from "./Chart";

export const COUNTED = ["done_in_time", "done_late", "given_up_late"] as const;

/** The counts of each task, what is overdue now, and the share that was done in time. */
export function taskRows(due: Figures["due"]): ChartRow[] {
  return due.tasks.map((one) => ({ key: one.task_key, label: one.task_name, values: [...COUNTED.map((key) => one[key]), one.overdue, one.rate] }));
}

/** The counts of each day and the share that was done in time; `day` writes it. */
export function dayRows(due: Figures["due"], day: (date: string) => string): ChartRow[] {
  return due.days.map((one) => ({ key: one.date, label: day(one.date), values: [...COUNTED.map((key) => one[key]), one.rate] }));
}
