/** Trying a definition: the route of a run that is not kept. */
import { answerOf, api, type Schemas } from "./client";

export type Trial = Schemas["TrialResponse"];
export type TrialAnswer = Schemas["TrialAnswer"];
export type TrialStep = Schemas["TrialStep"];
export type TrialWaiting = Schemas["TrialWaiting"];

/** What a run is given, and how its steps end, one after the other. */
export interface Script {
  input: Record<string, unknown>;
  answers: readonly TrialAnswer[];
}

/** How far a run of the definition goes by the script; nothing is kept. */
export function tryOut(workspace: string, definition: string, { input, answers }: Script): Promise<Trial> {
  const params = { path: { workspace_uuid: workspace } };
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/workflows:trial", { params, body: { definition, input, answers: [...answers] } }));
}
