/** The script of a trial: what is asked for next, and what is answered. Pure. */
import { parseDocument } from "yaml";
import type { TrialAnswer, TrialWaiting } from "@/api/trial";
import { byPointer, type Schema } from "@/forms/schema";

/** What a definition asks for at its start; null where it asks for nothing that has fields. */
export function inputOf(text: string): Schema | null {
  const found: unknown = parseDocument(text).toJS({ maxAliasCount: 0 });
  return withFields((found as { input?: unknown } | null)?.input);
}

/** A schema that a form can be made of. */
export function withFields(schema: unknown): Schema | null {
  const fields = typeof schema === "object" && schema !== null ? (schema as Schema).properties : undefined;
  return fields !== undefined && Object.keys(fields).length > 0 ? (schema as Schema) : null;
}

/** Whether a step goes on when its instant has come, whatever is answered. */
export function waitsForInstant({ given, kind }: TrialWaiting): boolean {
  return kind === "wait" && typeof given === "object" && given !== null && "until" in given;
}

/** The form of a step's answer: its own; any JSON, under `output`, of what no person does; nothing to fill in. */
export function formOf(step: TrialWaiting, label: string): { schema: Schema; isWhole: boolean } {
  const own = withFields(step.form);
  if (own !== null) return { schema: own, isWhole: true };
  if (step.kind === "human" || waitsForInstant(step)) return { schema: {}, isWhole: true };
  return { schema: { properties: { output: { title: label } } }, isWhole: false };
}

/** What was filled in, as the answer of a step. */
export function answerWith(step: TrialWaiting, values: Record<string, unknown>, isWhole: boolean): TrialAnswer {
  return { task: step.task, output: isWhole ? values : (values["output"] ?? null) };
}

/** What is wrong with what was filled in, by the pointer of the field. */
export function wrongIn(problems: readonly { path: string; message: string }[]): ReadonlyMap<string, string> {
  const found = problems.map(({ path, message }) => ({ pointer: path, message }));
  return new Map([...byPointer(found, "/input"), ...byPointer(found, "/data")]);
}
