/** Where everything of a workspace hangs: its session is there before any screen of it is shown. */
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { workIn } from "@/api/client";
import { hasStatus } from "@/api/errors";
import { sessionQuery } from "@/api/session";
import { rootRoute } from "./root";

export const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/w/$workspace",
  component: lazyRouteComponent(() => import("./Shell"), "Shell"),
  beforeLoad: async ({ params, context, location }) => {
    workIn(params.workspace);
    await context.queries.query({ ...sessionQuery(params.workspace), staleTime: "static" }).catch((error: unknown) => {
      if (hasStatus(error, 401)) throw redirect({ to: "/sign-in", search: { next: location.href } });
      throw error;
    });
  },
});

/** `/` leads to the inbox of the workspace that was used last, or to making one. */
export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: async ({ context }) => {
    workIn(null);
    const session = await context.queries.query(sessionQuery(null)).catch((error: unknown) => {
      if (hasStatus(error, 401)) throw redirect({ to: "/sign-in" });
      throw error;
    });
    if (session.workspace === null) throw redirect({ to: "/welcome" });
    throw redirect({ to: "/w/$workspace/inbox", params: { workspace: session.workspace.uuid } });
  },
});
