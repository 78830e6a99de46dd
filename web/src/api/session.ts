/** Who is signed in, what they may do here, and signing in and out. */
import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { answerOf, api, type Schemas } from "./client";

export type Session = Schemas["SessionResponse"];
export type Workspace = Schemas["WorkspaceResponse"];
const WORKSPACES_MAX = 500;

/** The session as it is in a workspace, or in the one used last. */
export function sessionQuery(workspace: string | null) {
  return queryOptions({
    queryKey: ["session", workspace],
    queryFn: () =>
      answerOf(api.GET("/api/auth/get-session", workspace === null ? {} : { headers: { "X-Workspace": workspace } })),
    staleTime: 60_000,
  });
}

export const workspacesQuery = queryOptions({
  queryKey: ["workspaces"],
  queryFn: () => answerOf(api.GET("/api/v2/w", { params: { query: { pageSize: WORKSPACES_MAX } } })),
  staleTime: 60_000,
});

/** The workspace that the address names. */
export function useWorkspace(): string {
  return useParams({ from: "/w/$workspace" }).workspace;
}

export interface Me {
  accountId: number;
  name: string;
  email: string;
  memberId: number | null;
  role: string | null;
  actorRoles: readonly string[];
  isSupervisor: boolean;
  workspaceName: string;
  /** Whether the caller holds a scope, such as `members:read`. */
  may: (scope: string) => boolean;
}

export function useMe(): Me {
  const { data } = useSuspenseQuery(sessionQuery(useWorkspace()));
  return useMemo(() => meOf(data), [data]);
}

function meOf({ user, workspace }: Session): Me {
  const scopes = new Set(workspace?.scopes);
  const { id, name, email } = user ?? NOBODY;
  const here = workspace ?? NOWHERE;
  return {
    accountId: id,
    name,
    email,
    memberId: here.memberId,
    role: here.role,
    actorRoles: here.actorRoles,
    isSupervisor: here.isSupervisor,
    workspaceName: here.name,
    may: (scope) => scopes.has(scope),
  };
}

const NOBODY = { id: 0, name: "", email: "" };
const NOWHERE = { memberId: null, role: null, actorRoles: [], isSupervisor: false, name: "" };

export function useWorkspaces(): readonly Workspace[] {
  return useQuery(workspacesQuery).data?.items ?? [];
}

export function signIn(body: Schemas["SignInRequest"]) {
  return answerOf(api.POST("/api/auth/sign-in/email", { body }));
}

export function signUp(body: Schemas["SignUpRequest"]) {
  return answerOf(api.POST("/api/auth/sign-up/email", { body }));
}

export function signOut() {
  return answerOf(api.POST("/api/auth/sign-out"));
}

/** Ends every session of one's own account, this one too. */
export function signOutEverywhere() {
  return answerOf(api.POST("/api/auth/sign-out-everywhere"));
}

export function createWorkspace(name: string) {
  return answerOf(api.POST("/api/v2/w", { body: { name } }));
}
