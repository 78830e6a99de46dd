/** The audit trail of a workspace. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";

export type Fact = Schemas["EventResponse"];

export interface TrailFilter {
  type?: string;
  memberId?: number;
  assignmentId?: number;
  from?: string;
  to?: string;
}

const PAGE = 50;

/** Facts that fit, newest first, a page at a time. */
export function trailQuery(workspace: string, filter: TrailFilter) {
  return infiniteQueryOptions({
    queryKey: ["trail", workspace, filter],
    queryFn: ({ signal, pageParam }) => {
      const query = { ...filter, pageSize: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/events", { params: { path: { workspace_uuid: workspace }, query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
