/** What starts cases by itself: schedules, and hooks that others call. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";

export type Schedule = Schemas["ScheduleResponse"];
export type NewSchedule = Schemas["CreateScheduleRequest"];
export type Hook = Schemas["HookResponse"];
export type NewHook = Schemas["CreateHookRequest"];

const CALLS_SHOWN = 50;

const within = (workspace_uuid: string) => ({ path: { workspace_uuid } });
const schedule = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, schedule_id: id } });
const hook = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, hook_id: id } });

export function schedulesQuery(workspace: string, page: number, pageSize: number) {
  return queryOptions({
    queryKey: ["schedules", workspace, page, pageSize],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/schedules", { params: { ...within(workspace), query: { page, pageSize } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function addSchedule(workspace: string, body: NewSchedule) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/schedules", { params: within(workspace), body }));
}

export function changeSchedule(workspace: string, id: number, body: Schemas["UpdateScheduleRequest"]) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/schedules/{schedule_id}", { params: schedule(workspace, id), body }));
}

export function removeSchedule(workspace: string, id: number) {
  return answerOf(api.DELETE("/api/v2/w/{workspace_uuid}/schedules/{schedule_id}", { params: schedule(workspace, id) }));
}

export function runNow(workspace: string, id: number) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/schedules/{schedule_id}/run-now", { params: schedule(workspace, id) }));
}

export function hooksQuery(workspace: string, page: number, pageSize: number) {
  return queryOptions({
    queryKey: ["hooks", workspace, page, pageSize],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/hooks", { params: { ...within(workspace), query: { page, pageSize } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** Makes a hook; its secret is in the answer alone. */
export function addHook(workspace: string, body: NewHook) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/hooks", { params: within(workspace), body }));
}

export function changeHook(workspace: string, id: number, body: Schemas["UpdateHookRequest"]) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/hooks/{hook_id}", { params: hook(workspace, id), body }));
}

export function removeHook(workspace: string, id: number) {
  return answerOf(api.DELETE("/api/v2/w/{workspace_uuid}/hooks/{hook_id}", { params: hook(workspace, id) }));
}

export function rotateHook(workspace: string, id: number) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/hooks/{hook_id}/rotate-secret", { params: hook(workspace, id) }));
}

export function callsQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["hooks", workspace, "calls", id],
    queryFn: async ({ signal }) => {
      const params = { ...hook(workspace, id), query: { pageSize: CALLS_SHOWN } };
      return (await answerOf(api.GET("/api/v2/w/{workspace_uuid}/hooks/{hook_id}/calls", { params, signal }))).items;
    },
    refetchInterval: LIVE_MILLISECONDS,
  });
}
