/** Moving open cases to another version of their workflow, and back. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answerOf, api, type Schemas } from "./client";
import { everyStretch, NOTHING, type Report } from "./report";

/** Which cases are to go on by version `to`, all that are open where none are named; tasks: where to, by the key of old ones. */
export interface Wish {
  to: number;
  tasks: Readonly<Record<string, string>>;
  cases: readonly number[] | null;
}

export type Migration = Schemas["MigrationResponse"];

const AT_ONCE = 200;
export const MIGRATIONS_PAGE = 10;

function bodyOf({ to, tasks, cases }: Wish, after: number) {
  return { to, tasks: { ...tasks }, after, limit: AT_ONCE, ...(cases === null ? {} : { runIds: [...cases] }) };
}

function path(workspace: string, workflow: number) {
  return { workspace_uuid: workspace, workflow_id: workflow };
}

/** Which cases could move and why the others could not; nothing is changed. */
export function checkQuery(workspace: string, workflow: number, wish: Wish) {
  return queryOptions({
    queryKey: ["migrations", workspace, workflow, wish],
    queryFn: ({ signal }) =>
      everyStretch((after) => {
        const params = { path: path(workspace, workflow) };
        return answerOf(api.POST("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/migrations/check", { params, body: bodyOf(wish, after), signal }));
      }),
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
}

/** Moves the cases that can; goes on with the migration that was begun before, if there is one. */
export function move(workspace: string, workflow: number, wish: Wish, begun: number | null, onSeen: (sum: Report) => void): Promise<Report> {
  const ask = (after: number, { migrationId }: Report) => {
    const body = { ...bodyOf(wish, after), ...(migrationId === null ? {} : { migrationId }) };
    return answerOf(api.POST("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/migrations", { params: { path: path(workspace, workflow) }, body }));
  };
  return everyStretch(ask, { ...NOTHING, migrationId: begun }, onSeen);
}

/** Brings back the cases of a migration to which nothing has happened since. */
export function undo(workspace: string, workflow: number, migration: number, onSeen: (sum: Report) => void): Promise<Report> {
  const params = { path: { ...path(workspace, workflow), migration_id: migration } };
  const at = "/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/migrations/{migration_id}/undo";
  return everyStretch((after) => answerOf(api.POST(at, { params, body: { after, limit: AT_ONCE } })), NOTHING, onSeen);
}

/** A page of what moved cases of a workflow, newest first. */
export function migrationsQuery(workspace: string, workflow: number, page: number) {
  const params = { path: path(workspace, workflow), query: { page, pageSize: MIGRATIONS_PAGE } };
  return queryOptions({
    queryKey: ["migrations", workspace, workflow, "list", page],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/workflows/{workflow_id}/migrations", { params, signal })),
    placeholderData: keepPreviousData,
  });
}
