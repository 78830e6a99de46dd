/** Activities: what waits for people, and what they do with it. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";

export type Activity = Schemas["Activity"];
export type ActivityStatus = Schemas["ActivityAttributes"]["status"];
type Included = Schemas["ActivityPage"]["included"];

/** The case that an activity belongs to, as far as everybody who sees the activity may see it. */
export interface WorkUnit {
  id: string;
  name: string;
  priority: number;
  version: number;
  data: unknown;
  due_at: string | null;
}

export interface Entry {
  activity: Activity;
  workUnit: WorkUnit | undefined;
  projectId: string;
  projectName: string;
}

export interface EntryPage {
  entries: Entry[];
  total: number;
}

export const PAGE_SIZE = 100;
const ALL_INCLUDED = ["project", "work_unit"] as ("project" | "work_unit" | "node")[];

/** What a row of a list shows of an activity, and what its own page does; when it is due and what is asked come only where they are asked for. */
const ROW_FIELDS = "name,status,created_at,assigned_account_id,due_at";
const ENTRY_FIELDS = `${ROW_FIELDS},actor_roles,working_seconds,data,output,ask`;

/** The filters of the list of activities, as the API spells them. */
export type Filters = Readonly<Record<string, string | readonly string[]>>;

function idOf(relation: Schemas["ToOne"]): string {
  return relation.data?.id ?? "";
}

interface Resource {
  type: string;
  id: string;
  attributes: Record<string, unknown>;
}

function entryOf(activity: Activity, included: Included): Entry {
  const attributes = (type: string, id: string) =>
    (included as Resource[] | undefined)?.find((one) => one.type === type && one.id === id)?.attributes;
  const projectId = idOf(activity.relationships.project);
  const workUnit = attributes("workflow/work_units", idOf(activity.relationships.work_unit));
  return {
    activity,
    workUnit: workUnit as unknown as WorkUnit | undefined,
    projectId,
    projectName: (attributes("workflow/projects", projectId)?.["name"] ?? "") as string,
  };
}

export function activitiesQuery(workspace: string, filters: Filters, page: number) {
  return queryOptions({
    queryKey: ["activities", workspace, filters, page],
    queryFn: async ({ signal }): Promise<EntryPage> => {
      const query = { ...(filters as Record<string, string>), "page[number]": page, "page[size]": PAGE_SIZE, count: true, "included[]": ALL_INCLUDED, "fields[workflow/activities][]": ROW_FIELDS };
      const found = await answerOf(api.GET("/api/v3/workflow/activities", { params: { query }, signal }));
      return { entries: found.data.map((one) => entryOf(one, found.included)), total: found.meta.count ?? 0 };
    },
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
}

export function activityQuery(workspace: string, id: string) {
  return queryOptions({
    queryKey: ["activity", workspace, id],
    queryFn: async ({ signal }): Promise<Entry & { at: number }> => {
      const params = { path: { activity_id: id }, query: { "included[]": ALL_INCLUDED, "fields[workflow/activities][]": ENTRY_FIELDS } };
      const found = await answerOf(api.GET("/api/v3/workflow/activities/{activity_id}", { params, signal }));
      return { ...entryOf(found.data, found.included), at: Date.now() };
    },
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** The activities of a case, oldest first: what was done before. */
export function stepsQuery(workspace: string, workUnit: string) {
  return queryOptions({
    queryKey: ["activities", workspace, "of", workUnit],
    queryFn: async ({ signal }) => {
      const query = { "filter[work_unit_id]": workUnit, sort: "created_at", "page[size]": PAGE_SIZE };
      return (await answerOf(api.GET("/api/v3/workflow/activities", { params: { query }, signal }))).data;
    },
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export interface Colleague {
  accountId: number;
  name: string;
  actorRoles: readonly string[];
}

/** Who is in a project, to hand work over to. */
export function colleaguesQuery(workspace: string, project: string) {
  return queryOptions({
    queryKey: ["colleagues", workspace, project],
    queryFn: async ({ signal }): Promise<Colleague[]> => {
      const query = { "filter[project_id]": project, sort: "name" };
      const found = await answerOf(api.GET("/api/v3/workflow/project/members", { params: { query }, signal }));
      return found.data.map(({ attributes }) => ({
        accountId: Number((attributes as { account_id?: unknown }).account_id),
        name: String((attributes as { name?: unknown }).name),
        actorRoles: ((attributes as { actor_roles?: unknown }).actor_roles ?? []) as string[],
      }));
    },
    staleTime: 60_000,
  });
}

export type Move =
  | { kind: "assign" | "reassign"; accountId: number; startWorking?: boolean }
  | { kind: "error"; comment: string }
  | { kind: "save"; data: Record<string, unknown> }
  // takes: whoever completes it takes it first, where nobody has it.
  | { kind: "complete"; data: Record<string, unknown>; takes?: boolean }
  | { kind: "unassign" | "process" | "pause" | "cancel" };

/** Carries out a move of an activity. */
export async function moveActivity(id: string, move: Move): Promise<Activity> {
  const params = { path: { activity_id: id } };
  const at = "/api/v3/workflow/activities/{activity_id}";
  switch (move.kind) {
    case "assign": {
      const body = { account_id: move.accountId, start_working: move.startWorking ?? false };
      return (await answerOf(api.PATCH(`${at}/assign`, { params, body }))).data;
    }
    case "reassign":
      return (await answerOf(api.PATCH(`${at}/reassign`, { params, body: { account_id: move.accountId } }))).data;
    case "save":
      return (await answerOf(api.PATCH(at, { params, body: { data: move.data } }))).data;
    case "complete":
      return (await answerOf(api.PATCH(`${at}/complete`, { params, body: { data: move.data, self_assigning: move.takes ?? false } }))).data;
    case "error":
      return (await answerOf(api.POST(`${at}/error`, { params, body: { data: { comment: move.comment } } }))).data;
    case "cancel":
      return (await answerOf(api.POST(`${at}/cancel`, { params, body: {} }))).data;
    case "unassign":
      return (await answerOf(api.PATCH(`${at}/unassign`, { params, body: {} }))).data;
    case "process":
      return (await answerOf(api.PATCH(`${at}/process`, { params, body: {} }))).data;
    case "pause":
      return (await answerOf(api.PATCH(`${at}/pause`, { params, body: {} }))).data;
  }
}

/** Takes the best activity that waits; null where none does. */
export async function takeNext(): Promise<Activity | null> {
  return (await answerOf(api.POST("/api/v3/workflow/activities/next", { body: { start_working: true } }))).data;
}

/** A change of activities; what shows them is fetched anew, whether it succeeded or not. */
export function useActivityChange<T, R>(change: (wish: T) => Promise<R>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["activities"] }),
        queries.invalidateQueries({ queryKey: ["activity"] }),
        queries.invalidateQueries({ queryKey: ["questions"] }),
        queries.invalidateQueries({ queryKey: ["cases"] }),
      ]),
  });
}
