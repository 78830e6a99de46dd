/** What became of cases that were to move, told a stretch at a time and put together. Pure. */
import type { Schemas } from "./client";

export type Report = Schemas["ReportResponse"];
export type Reason = Schemas["ReasonResponse"];

export const NOTHING: Report = { migrationId: null, version: 0, lookedAt: 0, moved: 0, stayed: 0, reasons: [], next: null };

const SAMPLES_MAX = 10;
const STRETCHES_MAX = 100_000;

/** Two stretches as one. */
export function merged(sum: Report, more: Report): Report {
  return {
    ...more,
    lookedAt: sum.lookedAt + more.lookedAt,
    moved: sum.moved + more.moved,
    stayed: sum.stayed + more.stayed,
    reasons: mergedReasons(sum.reasons, more.reasons),
  };
}

function mergedReasons(sum: readonly Reason[], more: readonly Reason[]): Reason[] {
  const found = new Map<string, Reason>();
  for (const one of [...sum, ...more]) {
    const key = JSON.stringify([one.code, one.task]);
    const before = found.get(key);
    found.set(key, before === undefined ? one : { ...one, runs: before.runs + one.runs, samples: [...before.samples, ...one.samples].slice(0, SAMPLES_MAX) });
  }
  return [...found.values()].sort((a, b) => b.runs - a.runs);
}

/** Asks for one stretch after the other, and tells after each what became of all so far. */
export async function everyStretch(ask: (after: number, sum: Report) => Promise<Report>, first: Report = NOTHING, onSeen?: (sum: Report) => void): Promise<Report> {
  let sum = first;
  for (let stretch = 0; stretch < STRETCHES_MAX; stretch += 1) {
    sum = merged(sum, await ask(sum.next ?? 0, sum));
    onSeen?.(sum);
    if (sum.next === null) return sum;
  }
  return sum;
}

/** The tasks that the version does not have, by key: those that are mapped to another, and those that could be. */
export function unplaced(reasons: readonly Reason[], tasks: Readonly<Record<string, string>>): string[] {
  const without = reasons.flatMap(({ code, task }) => (code === "task" && task !== null ? [task] : []));
  return [...new Set([...Object.keys(tasks), ...without])].sort();
}
