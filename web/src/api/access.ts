/** What lets programs and people in, and how far: grants on workflows, API keys, secrets, limits. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";

export type Grant = Schemas["GrantResponse"];
export type GrantBody = Schemas["GrantBody"];
export type Key = Schemas["KeyResponse"];
export type NewKey = Schemas["CreateKeyRequest"];
export type Limits = Schemas["LimitsBody"];
export type Secret = Schemas["SecretResponse"];

const within = (workspace_uuid: string) => ({ path: { workspace_uuid } });
const workflow = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, workflow_id: id } });

export function grantsQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["grants", workspace, id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/grants", { params: workflow(workspace, id), signal })),
  });
}

/** Sets all grants of a workflow at once. */
export function setGrants(workspace: string, id: number, body: GrantBody[]) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/grants", { params: workflow(workspace, id), body }));
}

export function keysQuery(workspace: string, page: number, pageSize: number) {
  return queryOptions({
    queryKey: ["keys", workspace, page, pageSize],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/keys", { params: { ...within(workspace), query: { page, pageSize } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** Makes a key; the answer is the only place where it is whole. */
export function addKey(workspace: string, body: NewKey) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/keys", { params: within(workspace), body }));
}

export function revokeKey(workspace: string, id: number) {
  return answerOf(api.DELETE("/api/v2/w/{workspace_uuid}/keys/{key_id}", { params: { path: { workspace_uuid: workspace, key_id: id } } }));
}

export function secretsQuery(workspace: string, page: number, pageSize: number) {
  return queryOptions({
    queryKey: ["secrets", workspace, page, pageSize],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/secrets", { params: { ...within(workspace), query: { page, pageSize } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function addSecret(workspace: string, name: string, value: string) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/secrets", { params: within(workspace), body: { name, value } }));
}

const secret = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, secret_id: id } });

export function changeSecret(workspace: string, id: number, value: string) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/secrets/{secret_id}", { params: secret(workspace, id), body: { value } }));
}

export function removeSecret(workspace: string, id: number) {
  return answerOf(api.DELETE("/api/v2/w/{workspace_uuid}/secrets/{secret_id}", { params: secret(workspace, id) }));
}

export function limitsQuery(workspace: string) {
  return queryOptions({
    queryKey: ["limits", workspace],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/limits", { params: within(workspace), signal })),
  });
}

export function setLimits(workspace: string, body: Limits) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/limits", { params: within(workspace), body }));
}
