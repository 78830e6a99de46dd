import { expect, test } from "vitest";
import type { CaseEvent } from "@/api/cases";
import { attemptsOf } from "./attempts";

const AT = "2027-01-01T00:00:00.000Z";

function event(id: number, type: string, data: Record<string, unknown> = {}, step = 1): CaseEvent {
  return { id, type, at: AT, step, taskKey: "ask", assignmentId: 1, runId: null, revision: id, actor: { kind: "system", id: null, name: null }, cause: null, data };
}

test("each attempt has its end, and why it failed", () => {
  const events = [
    event(8, "step.completed"),
    event(7, "step.resumed", { attempt: 3 }),
    event(5, "step.lost", { attempt: 2 }),
    event(4, "step.resumed", { attempt: 2 }),
    event(3, "step.retried", { error: { message: "It was busy." } }),
    event(2, "step.started", { attempt: 1 }),
    event(6, "step.retried", { error: { message: "of another" } }, 2),
  ];
  expect(attemptsOf(events, 1).map(({ number, end, message }) => [number, end, message])).toEqual([
    [1, "failed", "It was busy."],
    [2, "lost", null],
    [3, "over", null],
  ]);
});

test("what people do is no attempt", () => {
  expect(attemptsOf([event(1, "step.started"), event(2, "step.completed")], 1)).toEqual([]);
});
