/** Cases: runs, as the workspace surface shows them (assignments). */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";

export type Case = Schemas["AssignmentResponse"];
export type CaseTask = Schemas["AssignmentTaskResponse"];
export type CaseStatus = Case["status"];
export type TaskDetail = Schemas["OperatorTaskDetailResponse"];

export interface CaseFilter {
  page: number;
  pageSize: number;
  status?: string | undefined;
  mine?: boolean | undefined;
  sortBy?: "createdAt" | "updatedAt" | "id" | "status" | "priority";
}

export function casesQuery(workspace: string, filter: CaseFilter) {
  const { mine, status, ...rest } = filter;
  const query = { ...rest, ...(mine === true ? { mine } : {}), ...(status === undefined ? {} : { status }) };
  return queryOptions({
    queryKey: ["cases", workspace, filter],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments", { params: { path: { workspace_uuid: workspace }, query }, signal })),
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
}
