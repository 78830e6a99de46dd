/** What came of each attempt that workers made at a step, by its events. Pure. */
import type { CaseEvent } from "@/api/cases";

export interface Attempt {
  number: number;
  at: string;
  end: "working" | "failed" | "lost" | "asked" | "over";
  /** Why it failed. */
  message: string | null;
}

const FAILURES = new Set(["step.retried", "step.failed", "incident.opened"]);
const ENDS: Record<string, Attempt["end"]> = { "step.lost": "lost", "step.asked": "asked", "step.completed": "over", "step.cancelled": "over", "step.skipped": "over" };

export function attemptsOf(events: readonly CaseEvent[], step: number): Attempt[] {
  const own = events.filter((event) => event.step === step).sort((a, b) => a.id - b.id);
  return own.reduce<Attempt[]>((attempts, event) => {
    const number = event.data["attempt"];
    const last = attempts.at(-1);
    if ((event.type === "step.started" || event.type === "step.resumed") && typeof number === "number") {
      return [...attempts, { number, at: event.at ?? "", end: "working", message: null }];
    }
    if (last?.end !== "working") return attempts;
    if (FAILURES.has(event.type)) return [...attempts.slice(0, -1), { ...last, end: "failed", message: messageOf(event.data["error"]) }];
    const end = ENDS[event.type];
    return end === undefined ? attempts : [...attempts.slice(0, -1), { ...last, end }];
  }, []);
}

function messageOf(error: unknown): string | null {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : null;
}
