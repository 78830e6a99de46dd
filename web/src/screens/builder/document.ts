/** The definition that is edited: what its YAML says, and what became of it between two texts. */
import { parseDocument } from "yaml";
import type { TaskSource } from "@/graph/graph";
import { partsOf, type Parts } from "./parts";

export const KINDS = ["human", "http", "function", "decision", "set"] as const;
export type Kind = (typeof KINDS)[number];

export interface TaskFields extends TaskSource {
  roles?: unknown;
  prompt?: unknown;
  due?: unknown;
}

/** What a text says, as far as the canvas shows it. */
export interface Definition {
  key: string;
  name: string;
  tasks: readonly TaskFields[];
  start: readonly string[];
}

export const EMPTY = `casework: 1
key: new_workflow
name: New workflow
tasks: []
`;

/** What the text says; null while it is no map of a definition, as halfway through a line. */
export function read(text: string): Definition | null {
  const parts = partsOf(text);
  if (parts === null) return defined(valueOf(text));
  if (/^\s/.test(parts.tail)) return null; // what follows the tasks belongs to nothing
  const said = valueOf(parts.head + parts.tail);
  const frame = said === null ? {} : said; // there may be nothing beside the tasks
  return isObject(frame) && !("tasks" in frame) ? defined({ ...frame, tasks: tasksIn(parts) }) : null;
}

/** What a text says; undefined where it does not parse. */
function valueOf(text: string): unknown {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return undefined; // an alias, which the format does not have
  }
}

function defined(found: unknown): Definition | null {
  if (!isObject(found)) return null;
  const tasks: unknown = found["tasks"] ?? [];
  if (!Array.isArray(tasks) || !tasks.every(isTask)) return null;
  return { key: wordOf(found["key"]), name: wordOf(found["name"]), tasks: tasks.map(shown), start: Array.isArray(found["start"]) ? found["start"].map(wordOf) : [] };
}

/** What each part of the newest text says. */
let known = new Map<string, unknown>();

/** What the tasks say, by part: of one that did not change it is the same object as before. */
function tasksIn({ tasks }: Parts): unknown[] {
  known = new Map(tasks.map((part) => [part, known.has(part) ? known.get(part) : taskIn(part)]));
  return tasks.map((part) => known.get(part));
}

function taskIn(part: string): unknown {
  const found = valueOf(part);
  return Array.isArray(found) && found.length === 1 && isTask(found[0]) ? shown(found[0]) : undefined;
}

const normal = new WeakSet<TaskFields>();

/** A task whose ways are a list of objects, whatever is written. */
function shown(task: TaskFields): TaskFields {
  if (normal.has(task)) return task;
  const made = { ...task, next: Array.isArray(task.next) ? task.next.filter(isObject) : [] };
  normal.add(made);
  return made;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTask(value: unknown): value is TaskFields {
  return isObject(value) && typeof value["key"] === "string";
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export interface Difference {
  key: string;
  name: string;
  change: "added" | "removed" | "changed";
}

/** What became of the tasks between two definitions. */
export function differences(before: readonly TaskSource[], after: readonly TaskSource[]): Difference[] {
  const was = new Map(before.map((task) => [task.key, task]));
  const is = new Set(after.map((task) => task.key));
  const nameOf = (task: TaskSource) => (task.name == null || task.name === "" ? task.key : task.name);
  const removed = before.filter((task) => !is.has(task.key)).map((task) => ({ key: task.key, name: nameOf(task), change: "removed" as const }));
  const others = after.flatMap((task): Difference[] => {
    const old = was.get(task.key);
    if (old === undefined) return [{ key: task.key, name: nameOf(task), change: "added" }];
    return plain(old) === plain(task) ? [] : [{ key: task.key, name: nameOf(task), change: "changed" }];
  });
  return [...removed, ...others];
}

/** A value as text that does not depend on the order of its names. */
export function plain(value: unknown): string | undefined {
  return JSON.stringify(value, (_, one: unknown) => {
    if (!isObject(one)) return one;
    const said = Object.entries(one).filter(([name, inner]) => !(name === "next" && Array.isArray(inner) && inner.length === 0));
    return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
