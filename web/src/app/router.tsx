/** Every address of the app. Screens are loaded when they are first shown. */
import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { adminRoutes } from "@/screens/admin/route";
import { analyticsRoute } from "@/screens/analytics/route";
import { authRoutes } from "@/screens/auth/route";
import { caseRoutes } from "@/screens/case/route";
import { casesRoute } from "@/screens/cases/route";
import { chatRoutes } from "@/screens/chats/route";
import { inboxRoutes } from "@/screens/inbox/route";
import { settingsRoute } from "@/screens/settings/route";
import { workflowRoutes } from "@/screens/workflows/route";
import { Broken, Lost, Pending } from "./edges";
import { rootRoute } from "./root";
import { homeRoute, workspaceRoute } from "./workspace";

const routes = rootRoute.addChildren([
  homeRoute,
  ...authRoutes,
  workspaceRoute.addChildren([
    ...inboxRoutes,
    casesRoute,
    ...caseRoutes,
    ...workflowRoutes,
    ...chatRoutes,
    analyticsRoute,
    ...adminRoutes,
    settingsRoute,
  ]),
]);

export function newRouter(queries: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { queries },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: Pending,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: Lost,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
