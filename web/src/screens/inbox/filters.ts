/** What the inbox can show, as it stands in the URL, and what that asks of the API. Pure. */
import type { Filters } from "@/api/activities";

export const VIEWS = ["mine", "queue", "overdue", "all"] as const;
export type View = (typeof VIEWS)[number];
export const SORTS = ["oldest", "newest", "due"] as const;
export type Sort = (typeof SORTS)[number];

export interface Search {
  view?: View;
  project?: number;
  sort?: Sort;
}

export function searchOf(search: Record<string, unknown>): Search {
  const view = VIEWS.find((one) => one === search["view"]);
  const sort = SORTS.find((one) => one === search["sort"]);
  const project = Number(search["project"]);
  return {
    ...(view === undefined ? {} : { view }),
    ...(sort === undefined ? {} : { sort }),
    ...(Number.isSafeInteger(project) && project > 0 ? { project } : {}),
  };
}

const ORDERS: Record<Sort, string> = { oldest: "created_at", newest: "-created_at", due: "due_at,created_at" };
const HELD = ["assigned", "in-progress", "paused"];
export const LIVE: readonly string[] = ["pending", ...HELD];

/** The filters of a view. What is overdue is so at `minute`, and stands with the longest overdue first unless said otherwise. */
export function filtersOf(search: Search, me: { accountId: number }, minute: number): Filters {
  const view = search.view ?? "mine";
  const sort = ORDERS[orderOf(search)];
  const project: Filters = search.project === undefined ? {} : { "filter[project_id]": String(search.project) };
  const views: Record<View, Filters> = {
    mine: { "filter[assigned_account_id]": String(me.accountId), "filter[status__in]": HELD },
    queue: { takeable: "true" },
    overdue: { "filter[status__in]": LIVE, "filter[due_at__lte]": new Date(minute).toISOString() },
    all: { "filter[status__in]": LIVE },
  };
  return { sort, ...views[view], ...project };
}

/** The order that a view has, chosen or by itself. */
export function orderOf(search: Search): Sort {
  return search.sort ?? (search.view === "overdue" ? "due" : "oldest");
}

export const MINUTE = 60_000;
const SOON_MILLISECONDS = 4 * 60 * MINUTE;

export type Due = "late" | "soon" | "later";

/** How something that is due then stands now. */
export function dueOf(at: string, now: number): Due {
  const left = Date.parse(at) - now;
  if (left <= 0) return "late";
  return left <= SOON_MILLISECONDS ? "soon" : "later";
}
