import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { workspaceRoute } from "@/app/workspace";
import type { Measure } from "./load";

interface ListSearch {
  page?: number;
  name?: string;
}

export interface MapSearch {
  task?: string;
  by?: Measure;
  from?: string;
  to?: string;
  view?: "table";
}

interface VersionsSearch {
  from?: number;
  to?: number;
}

function number(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}

const DAY = /^\d{4}-\d\d-\d\d$/;

function day(value: unknown): string | undefined {
  return typeof value === "string" && DAY.test(value) ? value : undefined;
}

function mapSearch(search: Record<string, unknown>): MapSearch {
  const [from, to] = [day(search["from"]), day(search["to"])];
  return {
    ...(typeof search["task"] === "string" ? { task: search["task"] } : {}),
    ...(search["by"] === "age" || search["by"] === "work" || search["by"] === "cost" ? { by: search["by"] } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(search["view"] === "table" ? { view: "table" } : {}),
  };
}

export const workflowRoutes = [
  createRoute({
    getParentRoute: () => workspaceRoute,
    path: "/workflows",
    validateSearch: (search: Record<string, unknown>): ListSearch => {
      const page = Number(search["page"]);
      return {
        ...(Number.isInteger(page) && page > 1 ? { page } : {}),
        ...(typeof search["name"] === "string" && search["name"] !== "" ? { name: search["name"] } : {}),
      };
    },
    component: lazyRouteComponent(() => import("./Workflows"), "Workflows"),
  }),
  createRoute({
    getParentRoute: () => workspaceRoute,
    path: "/workflows/$workflow",
    validateSearch: mapSearch,
    component: lazyRouteComponent(() => import("./WorkflowMap"), "WorkflowMap"),
  }),
  createRoute({
    getParentRoute: () => workspaceRoute,
    path: "/workflows/new",
    component: lazyRouteComponent(() => import("../builder/Builder"), "NewWorkflow"),
  }),
  createRoute({
    getParentRoute: () => workspaceRoute,
    path: "/workflows/$workflow/edit",
    component: lazyRouteComponent(() => import("../builder/Builder"), "EditWorkflow"),
  }),
  createRoute({
    getParentRoute: () => workspaceRoute,
    path: "/workflows/$workflow/versions",
    validateSearch: (search: Record<string, unknown>): VersionsSearch => {
      const [from, to] = [number(search["from"]), number(search["to"])];
      return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    },
    component: lazyRouteComponent(() => import("../builder/Versions"), "Versions"),
  }),
] as const;
