/** Members of a workspace, and their roles. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";

export type Member = Schemas["MemberResponse"];
export type NewMember = Schemas["CreateMemberRequest"];
export type MemberChange = Schemas["UpdateMemberRequest"];
export type Role = Schemas["RoleResponse"];

/** As many as one answer may hold: fields that offer people and roles show these. */
export const OFFERED_MAX = 500;
export const IMPORT_MAX = 500;

const within = (workspace_uuid: string) => ({ path: { workspace_uuid } });

export function membersQuery(workspace: string, page = 1, pageSize = OFFERED_MAX) {
  return queryOptions({
    queryKey: ["members", workspace, page, pageSize],
    queryFn: ({ signal }) => {
      const params = { ...within(workspace), query: { page, pageSize } };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/members", { params, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

export function rolesQuery(workspace: string) {
  return queryOptions({
    queryKey: ["roles", workspace],
    queryFn: async ({ signal }) => {
      const params = { ...within(workspace), query: { pageSize: OFFERED_MAX } };
      return (await answerOf(api.GET("/api/v2/w/{workspace_uuid}/roles", { params, signal }))).items;
    },
  });
}

export function addMember(workspace: string, body: NewMember) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/members", { params: within(workspace), body }));
}

export function importMembers(workspace: string, members: NewMember[]) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/members/import", { params: within(workspace), body: { members } }));
}

const member = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, member_id: id } });

export function changeMember(workspace: string, id: number, body: MemberChange) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/members/{member_id}", { params: member(workspace, id), body }));
}

export function removeMember(workspace: string, id: number) {
  return answerOf(api.DELETE("/api/v2/w/{workspace_uuid}/members/{member_id}", { params: member(workspace, id) }));
}

const role = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, role_id: id } });

export function addRole(workspace: string, name: string, scopes: string[]) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/roles", { params: within(workspace), body: { name, scopes } }));
}

export function changeRole(workspace: string, id: number, body: Schemas["UpdateRoleRequest"]) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/roles/{role_id}", { params: role(workspace, id), body }));
}

export function removeRole(workspace: string, id: number) {
  return answerOf(api.DELETE("/api/v2/w/{workspace_uuid}/roles/{role_id}", { params: role(workspace, id) }));
}
