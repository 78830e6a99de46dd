/** What a list of runs tells of hours and people. Hours are of the reader's own time zone. */
import type { Run } from "@/api/analytics";

export const DAYS = 7;
export const HOURS = 24;

/** How many runs were made on each weekday (from Monday) at each hour. */
export function byHour(runs: readonly Run[]): number[][] {
  const found = Array.from({ length: DAYS }, () => Array.from({ length: HOURS }, () => 0));
  for (const { date } of runs) {
    if (date === null) continue;
    const at = new Date(date);
    const row = found[(at.getDay() + DAYS - 1) % DAYS];
    if (row !== undefined) row[at.getHours()] = (row[at.getHours()] ?? 0) + 1;
  }
  return found;
}

export interface PersonFigures {
  id: string;
  name: string;
  runs: number;
  failed: number;
  tokens: number;
  cost: number;
}

/** Runs by who started them, most first. */
export function byPerson(runs: readonly Run[]): PersonFigures[] {
  const found = new Map<string, PersonFigures>();
  for (const run of runs) {
    const id = run.ran_by_id ?? run.user_id ?? "";
    const before = found.get(id) ?? { id, name: run.ran_by_display_name ?? run.user_id ?? "", runs: 0, failed: 0, tokens: 0, cost: 0 };
    found.set(id, {
      ...before,
      runs: before.runs + 1,
      failed: before.failed + (run.state === "FAILED" ? 1 : 0),
      tokens: before.tokens + run.total_tokens,
      cost: before.cost + run.llm_usage.reduce((sum, one) => sum + one.cost, 0),
    });
  }
  return [...found.values()].sort((one, other) => other.runs - one.runs);
}
