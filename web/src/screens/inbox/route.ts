import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";

export const inboxRoutes = [
  createRoute({
    getParentRoute: () => workspaceRoute,
    path: "/inbox",
    component: lazyRouteComponent(() => import("./Inbox"), "Inbox"),
  }),
] as const;
