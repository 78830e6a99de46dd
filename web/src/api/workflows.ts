/** Workflows and what their versions define. */
import { queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";

export type Workflow = Schemas["WorkflowResponse"];
export type Definition = Schemas["DefinitionDocument"];
export type TaskDefinition = Schemas["TaskDocument"];
const WORKFLOWS_MAX = 500;

export function workflowsQuery(workspace: string) {
  return queryOptions({
    queryKey: ["workflows", workspace],
    queryFn: async ({ signal }) => {
      const params = { path: { workspace_uuid: workspace }, query: { pageSize: WORKFLOWS_MAX } };
      return (await answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows", { params, signal }))).items;
    },
    staleTime: 30_000,
  });
}

/** What a version defines; it never changes. */
export function definitionQuery(workspace: string, workflow: number, version: number) {
  return queryOptions({
    queryKey: ["definition", workspace, workflow, version],
    queryFn: ({ signal }) => {
      const params = { path: { workspace_uuid: workspace, workflow_id: workflow }, query: { version } };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/definition", { params, signal }));
    },
    staleTime: Infinity,
  });
}
