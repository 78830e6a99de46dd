import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";

export const caseRoutes = [
  createRoute({
    getParentRoute: () => workspaceRoute,
    path: "/cases/$case",
    component: lazyRouteComponent(() => import("./Case"), "CasePage"),
  }),
] as const;
