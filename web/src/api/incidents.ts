/** Incidents: steps that failed for good and wait for somebody to decide. */
import { queryOptions } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";

export type Incident = Schemas["IncidentResponse"];
export type Decision = { how: "retry" | "skip" | "fail" } | { how: "resolve"; output: unknown };

const SHOWN_MAX = 100;

/** The open incidents of a case, newest first. */
export function incidentsQuery(workspace: string, assignmentId: number) {
  return queryOptions({
    queryKey: ["cases", workspace, "incidents", assignmentId],
    queryFn: async ({ signal }) => {
      const params = { path: { workspace_uuid: workspace }, query: { assignmentId, pageSize: SHOWN_MAX } };
      return (await answerOf(api.GET("/api/v2/w/{workspace_uuid}/incidents", { params, signal }))).items;
    },
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** Ends an incident. */
export function decide(workspace: string, id: number, decision: Decision) {
  const params = { path: { workspace_uuid: workspace, incident_id: id } };
  const at = "/api/v2/w/{workspace_uuid}/incidents/{incident_id}";
  switch (decision.how) {
    case "retry":
      return answerOf(api.POST(`${at}/retry`, { params }));
    case "skip":
      return answerOf(api.POST(`${at}/skip`, { params }));
    case "fail":
      return answerOf(api.POST(`${at}/fail`, { params }));
    case "resolve":
      return answerOf(api.POST(`${at}/resolve`, { params, body: { output: decision.output } }));
  }
}
