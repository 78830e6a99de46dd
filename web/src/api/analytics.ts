/** What the cases of a workflow add up to, and their list. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";

export type Figures = Schemas["Figures"];
export type Run = Schemas["RunSummary"];
export type RunState = NonNullable<Run["state"]>;

export const RUN_STATES = ["PENDING", "PAUSED", "RESUMED", "COMPLETED", "FAILED", "CANCELLED"] as const satisfies readonly RunState[];
export const RUNS_PAGE = 25;

export interface RunFilter {
  page?: number | undefined;
  state?: RunState;
  user?: string;
  from?: string;
  to?: string;
}

const flow = (org_id: string, flow_id: number) => ({ org_id, flow_id: String(flow_id) });
const span = ({ from, to }: RunFilter) => ({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });

/** Figures of days are of UTC; hours of the day are by the reader's own clocks. */
export function figuresQuery(workspace: string, workflow: number, filter: RunFilter) {
  return queryOptions({
    queryKey: ["analytics", workspace, "figures", workflow, filter.from, filter.to],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET("/analytics/org/{org_id}/flows/{flow_id}/metrics", {
          params: { path: flow(workspace, workflow), query: { ...span(filter), time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** A page of runs, newest first; `page` begins at 1 here, as everywhere in the app. */
export function runsQuery(workspace: string, workflow: number, filter: RunFilter, size: number) {
  const { page = 1, state, user, from, to } = filter;
  const query = {
    page: page - 1,
    page_size: size,
    ...(state === undefined ? {} : { state }),
    ...(user === undefined ? {} : { user_id: user }),
    ...(from === undefined ? {} : { start_date: from }),
    ...(to === undefined ? {} : { end_date: to }),
  };
  return queryOptions({
    queryKey: ["analytics", workspace, "runs", workflow, query],
    queryFn: ({ signal }) => answerOf(api.GET("/analytics/org/{org_id}/flows/{flow_id}", { params: { path: flow(workspace, workflow), query }, signal })),
    placeholderData: keepPreviousData,
  });
}
