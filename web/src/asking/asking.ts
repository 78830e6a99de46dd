/** What an agent asks before a tool acts: the exact call, and what a person can decide about it. Pure. */
import { kindOf, type Schema } from "@/forms/schema";

export interface Ask {
  prompt: string;
  form?: unknown;
  detail: Record<string, unknown>;
}

export interface Call {
  tool: string;
  /** Null while they are hidden, which they are not from whoever has the activity in hand. */
  arguments: Readonly<Record<string, unknown>> | null;
  /** Why a person is asked, in the server's words; null where it is hidden, or was not said. */
  because: string | null;
}

export interface Verdict {
  decision: "accept" | "edit" | "refuse";
  arguments?: Readonly<Record<string, unknown>>;
  reason?: string;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The call that is to be approved; null where something else is asked. */
export function callOf(ask: Ask | null): Call | null {
  const { tool, arguments: wanted, because } = ask?.detail ?? {};
  if (typeof tool !== "string" || wanted === undefined) return null;
  if (!isObject(wanted)) return { tool, arguments: null, because: null };
  return { tool, arguments: wanted, because: typeof because === "string" ? because : null };
}

/** What a question is answered with; a form that says nothing has no field. */
export function formOf({ form }: Ask): Schema {
  return isObject(form) ? form : {};
}

const WHOLE = "arguments";

/** How a call's arguments are edited: field by field where their schema names fields, else as JSON. */
export interface Editing {
  schema: Schema;
  /** What the server's pointers of its fields begin with. */
  prefix: string;
  /** What the form begins with. */
  first: Record<string, unknown>;
  argumentsOf: (values: Record<string, unknown>) => Readonly<Record<string, unknown>>;
}

export function editingOf(ask: Ask, call: Call, label: string): Editing {
  const form = ask.form as { then?: { properties?: { arguments?: Schema } } } | null | undefined;
  const schema = form?.then?.properties?.arguments;
  const first = { ...call.arguments };
  if (schema !== undefined && kindOf(schema) === "group" && Object.keys(first).every((name) => name in (schema.properties ?? {}))) {
    return { schema, prefix: "/data/arguments", first, argumentsOf: (values) => values };
  }
  return {
    schema: { required: [WHOLE], properties: { [WHOLE]: { title: label } } },
    prefix: "/data",
    first: { [WHOLE]: first },
    argumentsOf: (values) => values[WHOLE] as Readonly<Record<string, unknown>>,
  };
}

/** What a person decided, as the answer to such a question says it; null for any other answer. */
export function verdictOf(answer: unknown): Verdict | null {
  if (!isObject(answer) || !["accept", "edit", "refuse"].includes(answer["decision"] as string)) return null;
  const { decision, arguments: changed, reason } = answer;
  return {
    decision: decision as Verdict["decision"],
    ...(decision === "edit" && isObject(changed) ? { arguments: changed } : {}),
    ...(typeof reason === "string" && reason !== "" ? { reason } : {}),
  };
}
