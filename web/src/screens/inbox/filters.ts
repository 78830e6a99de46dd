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

const ORDERS: Record<Sort, string> = { oldest: "created_at", newest: "-created_at", due: "try_resolve_at,created_at" };
const HELD = ["assigned", "in-progress", "paused"];
const LIVE = ["pending", ...HELD];

/** The filters of a view. Overdue ones are those whose next instant has come: the first when sorted by it. */
export function filtersOf(search: Search, me: { accountId: number; actorRoles: readonly string[] }): Filters {
  const view = search.view ?? "mine";
  const sort = ORDERS[view === "overdue" ? "due" : (search.sort ?? "oldest")];
  const project: Filters = search.project === undefined ? {} : { "filter[project_id]": String(search.project) };
  const views: Record<View, Filters> = {
    mine: { "filter[assigned_account_id]": String(me.accountId), "filter[status__in]": HELD },
    queue: { "filter[status__in]": "pending", ...(me.actorRoles.length === 0 ? {} : { "filter[actor_roles__contains]": me.actorRoles }) },
    overdue: { "filter[status__in]": LIVE },
    all: { "filter[status__in]": LIVE },
  };
  return { sort, ...views[view], ...project };
}

export function isOverdue(at: string | null | undefined, now: number): boolean {
  return at !== null && at !== undefined && Date.parse(at) <= now;
}
