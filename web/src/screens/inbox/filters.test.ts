import { expect, test } from "vitest";
import { filtersOf, isOverdue, searchOf } from "./filters";

const me = { accountId: 7, actorRoles: ["agent", "lead"] };

test("what is no filter is left out of the address", () => {
  expect(searchOf({ view: "nothing", project: "x", sort: 1 })).toEqual({});
  expect(searchOf({ view: "queue", project: "4", sort: "due" })).toEqual({ view: "queue", project: 4, sort: "due" });
});

test("my work is what I hold, the queue what waits for my roles", () => {
  expect(filtersOf({}, me)["filter[assigned_account_id]"]).toBe("7");
  expect(filtersOf({ view: "queue" }, me)).toMatchObject({ "filter[status__in]": "pending", "filter[actor_roles__contains]": ["agent", "lead"] });
  expect(filtersOf({ view: "queue" }, { ...me, actorRoles: [] })).not.toHaveProperty("filter[actor_roles__contains]");
});

test("something is overdue from its instant on", () => {
  expect(isOverdue("2027-01-01T00:00:00.000Z", Date.parse("2027-01-01T00:00:00.000Z"))).toBe(true);
  expect(isOverdue("2027-01-01T00:00:00.000Z", Date.parse("2026-12-31T23:59:59.000Z"))).toBe(false);
  expect(isOverdue(null, 0)).toBe(false);
});
