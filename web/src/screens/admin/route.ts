import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";
import { searchOf } from "./search";

const adminRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/admin",
  component: lazyRouteComponent(() => import("./Admin"), "Admin"),
});

const sectionRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/$section",
  validateSearch: searchOf,
  component: lazyRouteComponent(() => import("./Section"), "Section"),
});

const webhookRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/webhooks/$webhook",
  component: lazyRouteComponent(() => import("./Deliveries"), "Deliveries"),
});

export const adminRoutes = [adminRoute.addChildren([sectionRoute, webhookRoute])] as const;
