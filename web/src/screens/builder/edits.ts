/**
 * Changes of a definition by the canvas and the forms. Its YAML is the one truth: they change it through the syntax tree
 * of the part that they are about, which keeps the author's comments and order; the other parts stay as they are written.
 */
import { Document, isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import { read, type Kind, type TaskFields } from "./document";
import { cut, indented, partsOf, textOf, type Parts } from "./parts";

const WRITTEN = { lineWidth: 0, flowCollectionPadding: false };

const STARTING: Record<Kind, Record<string, unknown>> = {
  human: {},
  http: { method: "GET", url: "https://example.com/" },
  function: { function: "name_of_the_function" },
  decision: { rules: [{ then: { result: true } }] },
  set: { values: { result: "input" } },
};

type TaskEdit = (task: YAMLMap, document: Document) => void;

/** The parts of a text that can be read, its tasks one below the other; null where it cannot be, or has no task. */
function editable(text: string): { parts: Parts; tasks: readonly TaskFields[] } | null {
  const definition = read(text);
  if (definition === null) return null;
  const parts = partsOf(text) ?? partsOf(spread(text));
  return parts === null ? null : { parts, tasks: definition.tasks };
}

/** The text with its tasks one below the other. */
function spread(text: string): string {
  const document = parseDocument(text);
  const tasks = document.get("tasks");
  if (isSeq(tasks)) tasks.flow = false;
  return document.toString(WRITTEN);
}

/** Changes one task. */
function edited(text: string, key: string, edit: TaskEdit): string {
  const found = editable(text);
  const index = found?.tasks.findIndex((task) => task.key === key) ?? -1;
  if (found === null || index === -1) return text;
  const { parts } = found;
  return textOf({ ...parts, tasks: parts.tasks.map((part, at) => (at === index ? editedPart(part, parts.indent, edit) : part)) });
}

function editedPart(part: string, indent: number, edit: TaskEdit): string {
  const [own, after] = cut(part, indent);
  const document = parseDocument(own);
  const task = isSeq(document.contents) ? document.contents.items[0] : undefined;
  if (!isMap(task)) return part;
  edit(task, document);
  return indented(document.toString(WRITTEN), indent) + after;
}

/** Changes what stands beside the tasks: before them where it may, or where `field` is already. */
function editedFrame(parts: Parts, field: string, edit: (document: Document) => void): Parts {
  const where = parseDocument(parts.tail).has(field) ? "tail" : "head";
  const [own, after] = cut(parts[where], 0);
  const document = parseDocument(own);
  edit(document);
  return { ...parts, [where]: document.toString(WRITTEN) + after };
}

/** Adds a task of a kind, and a way to it from `after`; gives its key. */
export function addTask(text: string, kind: Kind, name: string, after: string | null): { text: string; key: string } {
  const key = freeKey(name, new Set(read(text)?.tasks.map((task) => task.key)));
  const made = { key, name, kind, ...STARTING[kind] };
  const found = editable(text);
  if (found === null) return { text: withFirst(text, made), key };
  const { parts } = found;
  const [own, rest] = cut(parts.tasks.at(-1) ?? "", parts.indent);
  const last = own.endsWith("\n") ? own : `${own}\n`;
  const added = indented(new Document([made]).toString(WRITTEN), parts.indent) + rest;
  const next = textOf({ ...parts, tasks: [...parts.tasks.slice(0, -1), last, added] });
  return { text: after === null ? next : connect(next, after, key), key };
}

/** Where there was none. */
function withFirst(text: string, made: object): string {
  const document = parseDocument(text);
  const tasks = document.get("tasks");
  if (document.errors.length > 0 || !isSeq(tasks)) return text;
  tasks.flow = false;
  tasks.add(document.createNode(made));
  return document.toString(WRITTEN);
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

export function connect(text: string, from: string, to: string): string {
  return edited(text, from, (task, document) => {
    const ways = task.get("next");
    if (isSeq(ways)) ways.add(document.createNode({ to }));
    else task.set("next", document.createNode([{ to }]));
  });
}

/** Changes the target or the condition of a way; an empty condition is always open. */
export function changeWay(text: string, from: string, index: number, field: "to" | "when", value: string): string {
  return edited(text, from, (task) => {
    const way = task.getIn(["next", index]);
    if (!isMap(way)) return;
    if (value === "") way.delete(field);
    else way.set(field, value);
  });
}

export function removeWay(text: string, from: string, index: number): string {
  return edited(text, from, (task) => {
    task.deleteIn(["next", index]);
    dropIfEmpty(task, "next");
  });
}

function dropIfEmpty(task: YAMLMap, field: string): void {
  const list = task.get(field);
  if (isSeq(list) && list.items.length === 0) task.delete(field);
}

/** Sets a field of a task; undefined takes it away. */
export function setField(text: string, key: string, field: string, value: unknown): string {
  return edited(text, key, (task, document) => {
    if (value === undefined) task.delete(field);
    else task.set(field, typeof value === "object" ? document.createNode(value) : value);
  });
}

/** Sets a field of the workflow itself. */
export function setOwn(text: string, field: "key" | "name", value: string): string {
  const found = editable(text);
  if (found !== null) return textOf(editedFrame(found.parts, field, (document) => document.set(field, value)));
  const document = parseDocument(text);
  if (document.errors.length > 0) return text;
  document.set(field, value);
  return document.toString(WRITTEN);
}

const OTHER_WAYS = ["otherwise", "on_error"] as const;

/** Removes a task, and every way that leads to it. */
export function removeTask(text: string, key: string): string {
  const found = editable(text);
  if (found === null) return text;
  const { parts, tasks } = found;
  const left = parts.tasks.map((part, index) => {
    const task = tasks[index];
    if (task?.key === key) return cut(part, parts.indent)[1];
    const leads = task?.next?.some((way) => way.to === key) === true || OTHER_WAYS.some((field) => task?.[field] === key);
    return leads ? editedPart(part, parts.indent, (map) => removeWaysTo(map, key)) : part;
  });
  const opening = tasks.some((task) => task.key !== key) ? parts.opening : parts.opening.replace(/^tasks:/, "tasks: []");
  const rest = { ...parts, opening, tasks: left };
  const starts = read(text)?.start.includes(key) === true;
  return textOf(starts ? editedFrame(rest, "start", (document) => removeStart(document, key)) : rest);
}

function removeWaysTo(task: YAMLMap, key: string): void {
  const ways = task.get("next");
  if (isSeq(ways)) ways.items = ways.items.filter((way) => !isMap(way) || way.get("to") !== key);
  dropIfEmpty(task, "next");
  for (const field of OTHER_WAYS) if (task.get(field) === key) task.delete(field);
}

function removeStart(document: Document, key: string): void {
  const start = document.get("start");
  if (isSeq(start)) start.items = start.items.filter((item) => String(item) !== key);
}
