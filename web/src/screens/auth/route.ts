import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "@/app/root";

/** An address of this app; anything else is not followed after signing in. */
export function within(next: unknown): { next?: string } {
  return typeof next === "string" && next.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? { next } : {};
}

const screen = () => import("./screens");

export const authRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/sign-in",
    validateSearch: (search: Record<string, unknown>) => within(search["next"]),
    component: lazyRouteComponent(screen, "SignIn"),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/sign-up",
    component: lazyRouteComponent(screen, "SignUp"),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/welcome",
    component: lazyRouteComponent(screen, "Welcome"),
  }),
] as const;
