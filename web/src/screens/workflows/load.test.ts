import { expect, test } from "vitest";
import type { Activity, TaskFigures } from "@/api/workflows";
import { amountOf, bottlenecks, heatOf, isWithin, loadsOf, within, type Load } from "./load";

const NOW = Date.parse("2026-03-10T12:00:00Z");

function activity(node: string, at: string, account: number | null, case_ = "1"): Activity {
  const to = (type: string, id: string) => ({ data: { type, id } });
  return {
    id: at,
    type: "workflow/activities",
    attributes: { created_at: at, assigned_account_id: account },
    relationships: { node: to("workflow/nodes", node), work_unit: to("workflow/work_units", case_), project: to("workflow/projects", "1") },
  } as unknown as Activity;
}

const TASKS = [
  { id: 1, key: "review", name: "Review", kind: "human" },
  { id: 2, key: "pay", name: "Pay", kind: "human" },
];

test("a task's load is its open cases, its oldest and its people", () => {
  const activities = [activity("1", "2026-03-07T12:00:00Z", 5), activity("1", "2026-03-09T12:00:00Z", 5), activity("1", "2026-03-09T13:00:00Z", null)];
  const [review, pay] = loadsOf({ tasks: TASKS, counts: { "1": { count: 41 } }, activities, figures: [] });
  expect(review).toMatchObject({ count: 41, since: "2026-03-07T12:00:00Z", people: 1, worked: null });
  expect(pay).toMatchObject({ count: 0, since: null, people: 0 });
  expect(amountOf(review as Load, "age", NOW)).toBe(3 * 86_400);
});

test("a task costs what its steps asked of models", () => {
  const figures = [{ task_id: 2, count: 1, cost: 0.25, working: { mean: 4 }, wait: { p50: 1 } }] as unknown as TaskFigures[];
  const [review, pay] = loadsOf({ tasks: TASKS, counts: {}, activities: [], figures });
  expect([amountOf(review as Load, "cost", NOW), amountOf(pay as Load, "cost", NOW)]).toEqual([0, 0.25]);
  expect(review).toMatchObject({ cost: null });
});

test("only what began in the span counts", () => {
  const page = {
    data: [activity("1", "a", null, "7"), activity("1", "b", null, "8")],
    included: [{ type: "workflow/work_units", id: "7", attributes: { created_at: "2026-03-01T23:59:00Z" } }],
    meta: {},
  };
  expect(within(page, {})).toHaveLength(2);
  expect(within(page, { from: "2026-03-01", to: "2026-03-01" })).toEqual([page.data[0]]);
  expect(isWithin("2026-03-02T00:00:00Z", { to: "2026-03-01" })).toBe(false);
});

test("heat is by quarters of the most, and nothing is cold", () => {
  expect([0, 1, 25, 26, 75, 100].map((amount) => heatOf(amount, 100))).toEqual([0, 1, 1, 2, 3, 4]);
  expect(heatOf(3, 0)).toBe(0);
});

test("what is fullest is named, and what is far fuller than others", () => {
  const load = (key: string, count: number): Load => ({ id: 1, key, name: key, kind: "human", count, since: null, people: 0, worked: null, cost: null, usualWait: null });
  expect(bottlenecks([load("a", 0)], NOW)).toEqual([]);
  expect(bottlenecks([load("a", 3), load("b", 4), load("c", 4)], NOW).map((one) => one.key)).toEqual(["b"]);
  expect(bottlenecks([load("a", 2), load("b", 41), load("c", 1), load("d", 9), load("e", 3)], NOW).map((one) => one.key)).toEqual(["b", "d"]);
});
