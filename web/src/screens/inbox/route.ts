import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";
import { searchOf } from "./filters";

export const inboxRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/inbox",
  validateSearch: searchOf,
  component: lazyRouteComponent(() => import("./Inbox"), "Inbox"),
});

const entryRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: "/$activity",
  component: lazyRouteComponent(() => import("./Entry"), "EntryPane"),
});

export const inboxRoutes = [inboxRoute.addChildren([entryRoute])] as const;
