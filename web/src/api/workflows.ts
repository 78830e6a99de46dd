/** Workflows: what they are, where their open cases stand, and what their tasks took. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";
import { errorOf } from "./errors";

export type Workflow = Schemas["WorkflowResponse"];
export type Definition = Schemas["DefinitionDocument"];
export type TaskDefinition = Schemas["TaskDocument"];
export type TaskFigures = Schemas["TaskFigures"];
export type TaskChat = Schemas["TaskChatResponse"];
export type Activity = Schemas["Activity"];
export type Version = Schemas["VersionResponse"];

/** When the cases that are counted began; days, both included. */
export interface Span {
  from?: string;
  to?: string;
}

const LISTED_MAX = 500;
const WAITING_MAX = 1_000;
const ON_TASK_MAX = 50;

export function workflowsQuery(workspace: string, page: number, pageSize: number, name: string) {
  const query = { page, pageSize, ...(name === "" ? {} : { name }) };
  return queryOptions({
    queryKey: ["workflows", workspace, query],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows", { params: { path: { workspace_uuid: workspace }, query }, signal })),
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
}

/** Every workflow, for lists to choose from. */
export function allWorkflowsQuery(workspace: string) {
  return queryOptions({
    queryKey: ["workflows", workspace, "all"],
    queryFn: async ({ signal }) => {
      const params = { path: { workspace_uuid: workspace }, query: { pageSize: LISTED_MAX } };
      return (await answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows", { params, signal }))).items;
    },
    staleTime: 30_000,
  });
}

export function workflowQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["workflows", workspace, id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}", { params: { path: path(workspace, id) }, signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** A version as it was published; 0 is the newest. What is published never changes, so a version is asked for once. */
export function definitionQuery(workspace: string, id: number, version: number) {
  return queryOptions({
    queryKey: ["workflows", workspace, id, "definition", version],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/definition", { params: { path: path(workspace, id), query: { version } }, signal })),
    staleTime: version === 0 ? 0 : Infinity,
  });
}

export function countsQuery(workspace: string, id: number, span: Span) {
  return queryOptions({
    queryKey: ["workflows", workspace, id, "counts", span],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/task-assignment-stats", {
          params: { path: path(workspace, id), query: bounds(span) },
          signal,
        }),
      ),
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
}

/** The oldest open activities of a workflow: what waits, since when, and for whom. */
export function waitingQuery(workspace: string, id: number) {
  const query = {
    "filter[project_id]": String(id),
    "filter[status__in][]": ["pending", "assigned", "in-progress", "paused"],
    "fields[workflow/activities][]": "name,status,created_at,assigned_account_id",
    "included[]": ["work_unit" as const],
    "page[size]": WAITING_MAX,
    sort: "created_at",
  };
  return queryOptions({
    queryKey: ["activities", workspace, "waiting", id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v3/workflow/activities", { params: { query }, signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** What tasks took in a span: waiting, hands on them, rework. */
export function figuresQuery(workspace: string, id: number, span: Span) {
  return queryOptions({
    queryKey: ["workflows", workspace, id, "figures", span],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/analytics/org/{org_id}/flows/{flow_id}/metrics", { params: { path: { org_id: workspace, flow_id: String(id) }, query: { ...span } }, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function casesOnTaskQuery(workspace: string, task: number) {
  const query = { taskId: task, status: "pending,active", pageSize: ON_TASK_MAX, sortOrder: "asc" as const };
  return queryOptions({
    queryKey: ["cases", workspace, "on-task", task],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/assignments", { params: { path: { workspace_uuid: workspace }, query }, signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function chatsOnTaskQuery(workspace: string, id: number, task: number, span: Span) {
  return queryOptions({
    queryKey: ["chats", workspace, "on-task", id, task, span],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/tasks/{task_id}/chats", {
          params: { path: { ...path(workspace, id), task_id: task }, query: { ...bounds(span), limit: ON_TASK_MAX } },
          signal,
        }),
      ),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function versionsQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["workflows", workspace, id, "versions"],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/versions", { params: { path: path(workspace, id), query: { pageSize: LISTED_MAX } }, signal })),
  });
}

function path(workspace: string, id: number) {
  return { workspace_uuid: workspace, workflow_id: id };
}

function bounds({ from, to }: Span) {
  return { ...(from === undefined ? {} : { from_date: from }), ...(to === undefined ? {} : { to_date: to }) };
}

/** What is wrong with a definition, and in which line of its text. */
export type DefinitionProblem = Schemas["Problem"];

/** The newest definition as YAML, ready to be edited. */
export function yamlQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["workflows", workspace, id, "yaml"],
    queryFn: async ({ signal }) => {
      const headers = { Accept: YAML };
      const call = api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/definition", { params: { path: path(workspace, id) }, headers, parseAs: "text", signal });
      const [text, { response }] = [await answerOf(call), await call];
      return { text, tag: response.headers.get("etag") ?? "" };
    },
    staleTime: Infinity,
    gcTime: 0,
  });
}

/** A version as YAML; what is published never changes. */
export function versionYamlQuery(workspace: string, id: number, version: number) {
  return queryOptions({
    queryKey: ["workflows", workspace, id, "yaml", version],
    queryFn: ({ signal }) => {
      const params = { path: path(workspace, id), query: { version } };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/definition", { params, headers: { Accept: YAML }, parseAs: "text", signal }));
    },
    staleTime: Infinity,
  });
}

/** How many open cases a workflow has: those that stay on their own version when another is published. */
export function openCasesQuery(workspace: string, id: number) {
  const query = { "filter[project_id]": String(id), "filter[status__in][]": ["draft", "in-progress"], "fields[workflow/work_units][]": "name", "page[size]": 1, count: true };
  return queryOptions({
    queryKey: ["cases", workspace, "open", id],
    queryFn: async ({ signal }) => (await answerOf(api.GET("/api/v3/workflow/work_units", { params: { query }, signal }))).meta.count ?? 0,
  });
}

/** What keeps a text from being published; none where nothing does. */
export function problemsQuery(workspace: string, text: string) {
  return queryOptions({
    queryKey: ["workflows", workspace, "problems", text],
    queryFn: async ({ signal }) => {
      const { error, response } = await api.POST("/api/v2/w/{workspace_uuid}/workflows/validate", { params: { path: { workspace_uuid: workspace } }, ...asYaml(text), signal });
      const said = error as { problems?: DefinitionProblem[] } | undefined;
      if (response.ok) return [];
      if (said?.problems !== undefined) return said.problems;
      throw errorOf(response.status, said);
    },
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
}

/** Publishes a text: as a new workflow, or as the next version of the one that `tag` was read of. */
export function publish(workspace: string, text: string, over: { id: number; tag: string } | null): Promise<Workflow> {
  if (over === null) return answerOf(api.POST("/api/v2/w/{workspace_uuid}/workflows", { params: { path: { workspace_uuid: workspace } }, ...asYaml(text) }));
  const { headers, ...rest } = asYaml(text);
  return answerOf(
    api.PUT("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}", {
      params: { path: path(workspace, over.id) },
      headers: { ...headers, "If-Match": over.tag },
      ...rest,
    }),
  );
}

const YAML = "application/yaml";

/** A text as the body of a request, as it is: comments too. */
function asYaml(text: string) {
  return { body: text as unknown as Schemas["DefinitionDocument"], bodySerializer: () => text, headers: { "Content-Type": YAML } };
}

const RECENT_MAX = 20;

/** The newest cases of a workflow, to choose one from. */
export function recentCasesQuery(workspace: string, id: number) {
  const query = { "filter[project_id]": String(id), "fields[workflow/work_units][]": "name", "page[size]": RECENT_MAX, sort: "-created_at" };
  return queryOptions({
    queryKey: ["cases", workspace, "recent", id],
    queryFn: async ({ signal }) => {
      const found = await answerOf(api.GET("/api/v3/workflow/work_units", { params: { query }, signal }));
      return found.data.map((one) => ({ id: Number(one.id), name: one.attributes.name }));
    },
  });
}

export type Explained = Schemas["ExplainConditionResponse"];

/** What a condition says over a case, as when a task of it had ended, and which part of it decides. */
export function explainQuery(workspace: string, expression: string, assignmentId: number, taskKey: string) {
  return queryOptions({
    queryKey: ["cases", workspace, "explained", expression, assignmentId, taskKey],
    queryFn: ({ signal }) =>
      answerOf(api.POST("/api/v2/w/{workspace_uuid}/conditions:explain", { params: { path: { workspace_uuid: workspace } }, body: { expression, assignmentId, taskKey }, signal })),
    placeholderData: keepPreviousData,
  });
}
