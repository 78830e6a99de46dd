/** The bars of a case: for each task when it waited and when it was worked on, by its events. Pure. */
import type { CaseEvent, CaseTask } from "@/api/cases";

export interface Span {
  kind: "waiting" | "working";
  /** Milliseconds since the case began. */
  from: number;
  to: number;
}

export interface Bar {
  task: CaseTask;
  spans: readonly Span[];
}

const BEGINS = new Set(["step.created", "step.parked"]);
const STARTS = new Set(["step.started", "step.resumed"]);
const PAUSES = new Set(["step.paused", "step.unassigned"]);
const ENDS = new Set(["step.completed", "step.failed", "step.cancelled", "step.skipped", "step.absorbed"]);

/** The spans of each step of a task, in the order of what happened; what is still open goes on until `now`. */
export function spansOf(events: readonly CaseEvent[], taskKey: string, began: number, now: number): Span[] {
  const own = events.filter((event) => event.taskKey === taskKey && event.step !== null);
  const steps = [...new Set(own.map((event) => event.step))].sort((a, b) => Number(a) - Number(b));
  return steps.flatMap((step) => spansOfStep(own.filter((event) => event.step === step), began, now));
}

function spansOfStep(events: readonly CaseEvent[], began: number, now: number): Span[] {
  const spans: Span[] = [];
  let kind: Span["kind"] | null = null;
  let since = 0;
  const close = (at: number, next: Span["kind"] | null) => {
    if (kind !== null && at > since) spans.push({ kind, from: since, to: at });
    kind = next;
    since = at;
  };
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    const at = Date.parse(event.at ?? "") - began;
    if (BEGINS.has(event.type)) close(at, "waiting");
    else if (STARTS.has(event.type)) close(at, "working");
    else if (PAUSES.has(event.type) && (kind as string | null) === "working") close(at, "waiting");
    else if (ENDS.has(event.type)) close(at, null);
  }
  close(now - began, null);
  return spans;
}

/** The bars of the tasks that were reached, in the order of the definition. */
export function barsOf(tasks: readonly CaseTask[], events: readonly CaseEvent[], began: number, now: number): Bar[] {
  return tasks
    .filter((task) => task.uuid !== null)
    .map((task) => ({ task, spans: spansOf(events, task.taskKey, began, now) }));
}

const QUIET = new Set(["step.saved", "step.assigned", "step.unassigned", "run.updated"]);

/** What the compact view shows: what moved the case on. */
export function isTelling(event: CaseEvent): boolean {
  return !QUIET.has(event.type);
}
