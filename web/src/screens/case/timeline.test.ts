import { expect, test } from "vitest";
import type { CaseEvent } from "@/api/cases";
import { isTelling, spansOf } from "./timeline";

const began = Date.parse("2027-01-01T00:00:00.000Z");

function event(id: number, type: string, seconds: number, step = 1): CaseEvent {
  const at = new Date(began + seconds * 1000).toISOString();
  return { id, type, at, step, taskKey: "ask", assignmentId: 1, runId: null, revision: id, actor: { kind: "member", id: 1, name: "Ada" }, cause: null, data: {} };
}

test("a step waits, is worked on, waits again, and ends", () => {
  const events = [
    event(5, "step.completed", 50),
    event(4, "step.resumed", 40),
    event(3, "step.paused", 30),
    event(2, "step.started", 10),
    event(1, "step.created", 0),
  ];
  expect(spansOf(events, "ask", began, began + 99_000)).toEqual([
    { kind: "waiting", from: 0, to: 10_000 },
    { kind: "working", from: 10_000, to: 30_000 },
    { kind: "waiting", from: 30_000, to: 40_000 },
    { kind: "working", from: 40_000, to: 50_000 },
  ]);
});

test("what is open goes on until now, and each visit has spans of its own", () => {
  const events = [event(1, "step.created", 0), event(2, "step.completed", 5), event(3, "step.created", 8, 2)];
  expect(spansOf(events, "ask", began, began + 10_000)).toEqual([
    { kind: "waiting", from: 0, to: 5_000 },
    { kind: "waiting", from: 8_000, to: 10_000 },
  ]);
});

test("drafts are no news", () => {
  expect(isTelling(event(1, "step.saved", 0))).toBe(false);
  expect(isTelling(event(1, "step.completed", 0))).toBe(true);
});
