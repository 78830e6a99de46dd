/** What became of a definition: field by field, and line by line. Pure. */
import { differences, plain, type Difference } from "./document";
import type { TaskSource } from "@/graph/graph";

export interface FieldChange {
  field: string;
  /** Undefined where it was not there, or is not there any more. */
  before: unknown;
  after: unknown;
}

export interface TaskChange extends Difference {
  fields: readonly FieldChange[];
}

/** The fields of an object that differ, in the order of their names. */
export function fieldChanges(before: object, after: object, without: ReadonlySet<string> = new Set()): FieldChange[] {
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => !without.has(name)).sort();
  return names.filter((name) => plain(was[name]) !== plain(is[name])).map((field) => ({ field, before: was[field], after: is[field] }));
}

/** What became of the tasks; of one that was added or removed, without its fields. */
export function taskChanges(before: readonly TaskSource[], after: readonly TaskSource[]): TaskChange[] {
  const of = (tasks: readonly TaskSource[], key: string) => tasks.find((task) => task.key === key) ?? {};
  return differences(before, after).map((one) => ({ ...one, fields: one.change === "changed" ? fieldChanges(of(before, one.key), of(after, one.key)) : [] }));
}

export interface Line {
  kind: "same" | "added" | "removed" | "gap";
  text: string;
}

/** Pairs of lines that are compared at most: two texts of 2,000 lines that have nothing in common. */
const PAIRS_MAX = 4_000_000;

/** Unchanged lines that are shown around changed ones. */
const AROUND = 3;

/** The lines that went and came, with a few around them; what is left out between is a gap. */
export function lineChanges(before: string, after: string): Line[] {
  const [was, is] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < Math.min(was.length, is.length) && was[head] === is[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(was.length, is.length) - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1;
  const lines = [...same(was.slice(0, head)), ...between(was.slice(head, was.length - tail), is.slice(head, is.length - tail)), ...same(was.slice(was.length - tail))];
  return shortened(lines);
}

function same(lines: readonly string[]): Line[] {
  return lines.map((text) => ({ kind: "same", text }));
}

/** By the longest lines in common; of texts that are too long for that, everything went and came. */
function between(was: readonly string[], is: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ kind: "removed", text });
  const added = (text: string): Line => ({ kind: "added", text });
  if (was.length * is.length > PAIRS_MAX) return [...was.map(removed), ...is.map(added)];
  const width = is.length + 1;
  const common = new Uint32Array((was.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = was.length - 1; i >= 0; i -= 1) {
    for (let j = is.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = was[i] === is[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < was.length || j < is.length) {
    const [old = "", now = ""] = [was[i], is[j]];
    if (i < was.length && j < is.length && old === now) {
      lines.push({ kind: "same", text: old });
      i += 1;
      j += 1;
    } else if (j >= is.length || (i < was.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(old));
      i += 1;
    } else {
      lines.push(added(now));
      j += 1;
    }
  }
  return lines;
}

function shortened(lines: readonly Line[]): Line[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((one) => one.kind !== "same"));
  return lines.flatMap((line, index): Line[] => {
    if (near[index] === true) return [line];
    return index === 0 || near[index - 1] === true ? [{ kind: "gap", text: "" }] : [];
  });
}
