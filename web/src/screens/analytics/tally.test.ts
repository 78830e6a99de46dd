import { expect, test } from "vitest";
import type { Run } from "@/api/analytics";
import { byHour, byPerson } from "./tally";

const run = (more: Partial<Run>) => ({ date: null, ran_by_id: null, user_id: null, ran_by_display_name: null, state: "COMPLETED", total_tokens: 0, llm_usage: [], ...more }) as unknown as Run;

test("runs are counted at their weekday and hour", () => {
  const monday = new Date(2026, 10, 23, 9, 30).toISOString();
  const counted = byHour([run({ date: monday }), run({ date: monday }), run({})]);
  expect(counted[0]?.[9]).toBe(2);
  expect(counted.flat().reduce((sum, one) => sum + one, 0)).toBe(2);
});

test("people are told apart by id, most runs first", () => {
  const found = byPerson([run({ ran_by_id: "1", ran_by_display_name: "Ada" }), run({ ran_by_id: "2", state: "FAILED", total_tokens: 5 }), run({ ran_by_id: "2", total_tokens: 2 })]);
  expect(found.map(({ id, runs, failed, tokens }) => [id, runs, failed, tokens])).toEqual([
    ["2", 2, 1, 7],
    ["1", 1, 0, 0],
  ]);
});
