import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";

const STATUSES = ["pending", "active", "completed", "failed", "cancelled"] as const;
export type Status = (typeof STATUSES)[number];

interface Search {
  page?: number;
  status?: Status;
  mine?: boolean;
}

export const casesRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/cases",
  validateSearch: (search: Record<string, unknown>): Search => {
    const page = Number(search["page"]);
    const status = STATUSES.find((one) => one === search["status"]);
    return {
      ...(Number.isInteger(page) && page > 1 ? { page } : {}),
      ...(status === undefined ? {} : { status }),
      ...(search["mine"] === true ? { mine: true } : {}),
    };
  },
  component: lazyRouteComponent(() => import("./Cases"), "Cases"),
});
