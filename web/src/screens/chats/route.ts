import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";

interface Search {
  page?: number;
  mine?: boolean;
}

const chatsRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "/chats",
  validateSearch: (search: Record<string, unknown>): Search => {
    const page = Number(search["page"]);
    return { ...(Number.isInteger(page) && page > 1 ? { page } : {}), ...(search["mine"] === true ? { mine: true } : {}) };
  },
  component: lazyRouteComponent(() => import("./Chats"), "Chats"),
});

const chatRoute = createRoute({
  getParentRoute: () => chatsRoute,
  path: "/$chat",
  component: lazyRouteComponent(() => import("./Thread"), "Thread"),
});

export const chatRoutes = [chatsRoute.addChildren([chatRoute])] as const;
