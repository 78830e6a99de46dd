/** What a JSON Schema asks of people: its fields, and where the server's pointers lead. Pure. */

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  readOnly?: boolean;
}

export type Kind = "text" | "long" | "email" | "url" | "date" | "datetime" | "time" | "number" | "integer" | "boolean" | "choice" | "choices" | "list" | "group" | "json";

const LONG_FROM = 300;
const FORMATS: Record<string, Kind> = { email: "email", uri: "url", date: "date", "date-time": "datetime", time: "time" };

function typeOf(schema: Schema): string | undefined {
  const types = Array.isArray(schema.type) ? schema.type.filter((one) => one !== "null") : [schema.type];
  return types.length === 1 ? types[0] : undefined;
}

/** How a value of the schema is asked for; what no field fits is asked for as JSON. */
export function kindOf(schema: Schema): Kind {
  if (schema.enum !== undefined) return "choice";
  switch (typeOf(schema)) {
    case "string":
      return FORMATS[schema.format ?? ""] ?? ((schema.maxLength ?? 0) >= LONG_FROM ? "long" : "text");
    case "number":
      return "number";
    case "integer":
      return "integer";
    case "boolean":
      return "boolean";
    case "array":
      if (schema.items?.enum !== undefined) return "choices";
      return schema.items === undefined ? "json" : "list";
    case "object":
      return schema.properties === undefined ? "json" : "group";
    default:
      return schema.properties === undefined ? "json" : "group";
  }
}

export function labelOf(schema: Schema, name: string): string {
  const words = name.replaceAll(/[_-]/g, " ");
  return schema.title ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** The pointer of something below another. */
export function below(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The messages by the pointer of their field, without the prefix that the body has. */
export function byPointer(problems: readonly { pointer: string; message: string }[], prefix = "/data"): Map<string, string> {
  return new Map(
    problems.map(({ pointer, message }) => [pointer.startsWith(prefix) ? pointer.slice(prefix.length) : pointer, message]),
  );
}

/** The object with one value changed; what has no value any more is left out. */
export function changed(of: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  return value === undefined ? Object.fromEntries(Object.entries(of).filter(([key]) => key !== name)) : { ...of, [name]: value };
}

/** What is filled in for a new item of a list. */
export function emptyOf(schema: Schema): unknown {
  const kind = kindOf(schema);
  if (schema.default !== undefined) return schema.default;
  if (kind === "group") return {};
  if (kind === "list" || kind === "choices") return [];
  return kind === "text" || kind === "long" ? "" : null;
}

/** The values that a form begins with: what was saved, over what the schema proposes. */
export function beginWith(schema: Schema, saved: Record<string, unknown>): Record<string, unknown> {
  const proposed = Object.entries(schema.properties ?? {}).filter(([, one]) => one.default !== undefined);
  return { ...Object.fromEntries(proposed.map(([name, one]) => [name, one.default])), ...saved };
}

/** The required fields that have no value, by pointer: what the form says before it asks the server. */
export function missing(schema: Schema, values: Record<string, unknown>, pointer = ""): string[] {
  const own = (schema.required ?? [])
    .filter((name) => isAskable(schema.properties?.[name]) && (values[name] === undefined || values[name] === null || values[name] === ""))
    .map((name) => below(pointer, name));
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const value = values[name];
    return kindOf(one) === "group" && typeof value === "object" && value !== null
      ? missing(one, value as Record<string, unknown>, below(pointer, name))
      : [];
  });
  return [...own, ...inner];
}

function isAskable(schema: Schema | undefined): boolean {
  return schema !== undefined && kindOf(schema) !== "group";
}
