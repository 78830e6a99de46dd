/**
 * The definition that is edited. Its YAML is the one truth: the canvas and the forms change it through its syntax tree,
 * which keeps the author's comments and order; what somebody types replaces it.
 */
import { isMap, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from "yaml";
import type { TaskSource } from "@/graph/graph";

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

const STARTING: Record<Kind, Record<string, unknown>> = {
  human: {},
  http: { method: "GET", url: "https://example.com/" },
  function: { function: "name_of_the_function" },
  decision: { rules: [{ then: { result: true } }] },
  set: { values: { result: "input" } },
};

/** What the text says; null while it is no map of a definition, as halfway through a line. */
export function read(text: string): Definition | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  let found: unknown;
  try {
    found = document.toJS({ maxAliasCount: 0 });
  } catch {
    return null; // an alias, which the format does not have
  }
  if (!isObject(found)) return null;
  const tasks: unknown = found["tasks"] ?? [];
  if (!Array.isArray(tasks) || !tasks.every(isTask)) return null;
  return {
    key: wordOf(found["key"]),
    name: wordOf(found["name"]),
    tasks: tasks.map((task) => ({ ...task, next: Array.isArray(task.next) ? task.next.filter(isObject) : [] })),
    start: Array.isArray(found["start"]) ? found["start"].map(wordOf) : [],
  };
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

function edited(text: string, edit: (document: Document, tasks: YAMLSeq) => void): string {
  const document = parseDocument(text);
  const tasks = document.get("tasks");
  if (document.errors.length > 0 || !isSeq(tasks)) return text;
  edit(document, tasks);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function taskIn(tasks: YAMLSeq, key: string): YAMLMap | undefined {
  return tasks.items.filter((item) => isMap(item)).find((item) => item.get("key") === key);
}

/** Adds a task of a kind, and a way to it from `after`; gives its key. */
export function addTask(text: string, kind: Kind, name: string, after: string | null): { text: string; key: string } {
  const taken = new Set(read(text)?.tasks.map((task) => task.key));
  const key = freeKey(name, taken);
  const next = edited(text, (document, tasks) => {
    tasks.flow = false;
    tasks.add(document.createNode({ key, name, kind, ...STARTING[kind] }));
    if (after !== null) addWay(document, tasks, after, key);
  });
  return { text: next, key };
}

/** A key made of a name, that no other task has. */
export function freeKey(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 56);
  const base = plain === "" || plain === END_KEY ? "task" : plain;
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}_${number}`;
    if (!taken.has(key)) return key;
  }
}

const END_KEY = "end";

function addWay(document: Document, tasks: YAMLSeq, from: string, to: string): void {
  const task = taskIn(tasks, from);
  if (task === undefined) return;
  const ways = task.get("next");
  if (isSeq(ways)) ways.add(document.createNode({ to }));
  else task.set("next", document.createNode([{ to }]));
}

export function connect(text: string, from: string, to: string): string {
  return edited(text, (document, tasks) => addWay(document, tasks, from, to));
}

/** Changes the target or the condition of a way; an empty condition is always open. */
export function changeWay(text: string, from: string, index: number, field: "to" | "when", value: string): string {
  return edited(text, (_, tasks) => {
    const way = taskIn(tasks, from)?.getIn(["next", index]);
    if (!isMap(way)) return;
    if (value === "") way.delete(field);
    else way.set(field, value);
  });
}

export function removeWay(text: string, from: string, index: number): string {
  return edited(text, (_, tasks) => {
    const task = taskIn(tasks, from);
    task?.deleteIn(["next", index]);
    dropIfEmpty(task, "next");
  });
}

function dropIfEmpty(task: YAMLMap | undefined, field: string): void {
  const list = task?.get(field);
  if (isSeq(list) && list.items.length === 0) task?.delete(field);
}

/** Sets a field of a task; undefined takes it away. */
export function setField(text: string, key: string, field: string, value: unknown): string {
  return edited(text, (document, tasks) => {
    const task = taskIn(tasks, key);
    if (value === undefined) task?.delete(field);
    else task?.set(field, typeof value === "object" ? document.createNode(value) : value);
  });
}

/** Sets a field of the workflow itself. */
export function setOwn(text: string, field: "key" | "name", value: string): string {
  return edited(text, (document) => document.set(field, value));
}

/** Removes a task, and every way that leads to it. */
export function removeTask(text: string, key: string): string {
  return edited(text, (document, tasks) => {
    tasks.items = tasks.items.filter((item) => !isMap(item) || item.get("key") !== key);
    for (const task of tasks.items.filter((item) => isMap(item))) {
      const ways = task.get("next");
      if (isSeq(ways)) ways.items = ways.items.filter((way) => !isMap(way) || way.get("to") !== key);
      dropIfEmpty(task, "next");
      for (const field of ["otherwise", "on_error"]) if (task.get(field) === key) task.delete(field);
    }
    const start = document.get("start");
    if (isSeq(start)) start.items = start.items.filter((item) => String(item) !== key);
  });
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
