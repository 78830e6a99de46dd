/** When in the week cases begin. */
import type { Figures } from "@/api/analytics";

export const DAYS = 7;
export const HOURS = 24;

/** How many runs were made on each weekday (from Monday) at each hour; the API leaves out where none were. */
export function week(hours: Figures["hours"]): number[][] {
  const found = Array.from({ length: DAYS }, () => Array.from({ length: HOURS }, () => 0));
  for (const { weekday, hour, runs } of hours) {
    const row = found[weekday - 1];
    if (row !== undefined) row[hour] = runs;
  }
  return found;
}
