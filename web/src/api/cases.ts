/** Cases: runs, as the workspace surface shows them (assignments). */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";

export type Case = Schemas["AssignmentResponse"];
export type CaseTask = Schemas["AssignmentTaskResponse"];
export type CaseStatus = Case["status"];
export type CaseStep = Schemas["StepResponse"];
export type RelatedCase = Schemas["RelatedAssignmentResponse"];
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

const casePath = (workspace: string, id: number) => ({ path: { workspace_uuid: workspace, assignment_id: id } });

export function caseQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["cases", workspace, "one", id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}", { params: casePath(workspace, id), signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

const STEPS_AT_ONCE = 100;

/** Every step of a case in the order in which they were reached, a page at a time. */
export function caseStepsQuery(workspace: string, id: number) {
  return infiniteQueryOptions({
    queryKey: ["cases", workspace, "steps", id],
    queryFn: ({ signal, pageParam }) => {
      const params = { ...casePath(workspace, id), query: { page: pageParam, pageSize: STEPS_AT_ONCE } };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/steps", { params, signal }));
    },
    initialPageParam: 1,
    getNextPageParam: (last) => (last.page * last.pageSize < last.total ? last.page + 1 : null),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

const PAST_MAX = 500;

/** The steps of a case beside a piece of work: as many as one page holds. */
export function casePastQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["cases", workspace, "past", id],
    queryFn: ({ signal }) => {
      const params = { ...casePath(workspace, id), query: { pageSize: PAST_MAX } };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/steps", { params, signal }));
    },
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** The current task of a case, with the ways on; null where nothing is live. */
export function taskDetailQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["cases", workspace, "task", id],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/current-task-detail", { params: casePath(workspace, id), signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function messagesQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["messages", workspace, id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/messages", { params: casePath(workspace, id), signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

const EVENTS_MAX = 500;
export type CaseEvent = Schemas["EventResponse"];

/** What happened in a case, newest first. */
export function eventsQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["cases", workspace, "events", id],
    queryFn: async ({ signal }) => {
      const params = { path: { workspace_uuid: workspace }, query: { assignmentId: id, pageSize: EVENTS_MAX } };
      return (await answerOf(api.GET("/api/v2/w/{workspace_uuid}/events", { params, signal }))).items;
    },
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function cancelCase(workspace: string, id: number, reason: string) {
  const body = reason === "" ? {} : { reason };
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/cancel", { params: casePath(workspace, id), body }));
}

/** Begins a case of a workflow's newest version. */
export function startCase(workspace: string, body: Schemas["CreateAssignmentRequest"]) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/assignments", { params: { path: { workspace_uuid: workspace } }, body }));
}

/** Begins a failed case again where it failed; gives the new one. */
export function retryCase(workspace: string, id: number) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/retry", { params: casePath(workspace, id) }));
}

/** Makes another task the current one. */
export function selectTask(workspace: string, id: number, assignmentTask: number) {
  const params = { path: { workspace_uuid: workspace, assignment_id: id, assignment_task_id: assignmentTask } };
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/tasks/{assignment_task_id}/select", { params }));
}

/** What the conditions of a case see, by name; what is private of its member is left out. */
export function seenQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["cases", workspace, "seen", id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments/{assignment_id}/cel-context", { params: casePath(workspace, id), signal })),
  });
}
