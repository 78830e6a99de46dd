import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";
import { searchOf } from "./search";

export const analyticsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/analytics",
  validateSearch: searchOf,
  component: lazyRouteComponent(() => import("./Analytics"), "Analytics"),
});
