import { expect, test } from "vitest";
import { dueOf, filtersOf, orderOf, searchOf } from "./filters";

const NOW = Date.parse("2027-01-01T00:00:00.000Z");
const me = { accountId: 7 };

test("what is no filter is left out of the address", () => {
  expect(searchOf({ view: "nothing", project: "x", sort: 1 })).toEqual({});
  expect(searchOf({ view: "queue", project: "4", sort: "due" })).toEqual({ view: "queue", project: 4, sort: "due" });
});

test("my work is what I hold, the queue what I may take", () => {
  expect(filtersOf({}, me, NOW)["filter[assigned_account_id]"]).toBe("7");
  expect(filtersOf({ view: "queue", project: 4 }, me, NOW)).toEqual({ sort: "created_at", takeable: "true", "filter[project_id]": "4" });
});

test("what is overdue was due by now, the longest overdue first unless another order is chosen", () => {
  expect(filtersOf({ view: "overdue" }, me, NOW)).toMatchObject({ "filter[due_at__lte]": "2027-01-01T00:00:00.000Z", sort: "due_at,created_at" });
  expect(orderOf({ view: "overdue", sort: "newest" })).toBe("newest");
  expect(filtersOf({ view: "all" }, me, NOW)).not.toHaveProperty("filter[due_at__lte]");
});

test("something is late from its instant on, and soon a few hours before", () => {
  expect(dueOf("2027-01-01T00:00:00.000Z", NOW)).toBe("late");
  expect(dueOf("2027-01-01T04:00:00.000Z", NOW)).toBe("soon");
  expect(dueOf("2027-01-01T04:00:01.000Z", NOW)).toBe("later");
});
