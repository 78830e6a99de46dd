/**
 * The text of a definition in parts, each task one, so that one change costs one part to read and to write, however many
 * others there are. Their texts in a row are the whole.
 */
export interface Parts {
  head: string;
  /** The line that says `tasks:`, and what is said before the first. */
  opening: string;
  /** From its dash to the next one's. */
  tasks: readonly string[];
  tail: string;
  /** How far the dashes are indented. */
  indent: number;
}

const OPENING = /^tasks:[ \t]*(?:#.*)?\r?\n/m;
const BLANK = /^\s*(?:#|$)/;
const DASH = /^ *-(?:\s|$)/;

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Null where the tasks are written in another way than one below the other. */
export function partsOf(text: string): Parts | null {
  const found = OPENING.exec(text);
  if (found === null) return null;
  const lines = text.slice(found.index + found[0].length).split(/(?<=\n)/);
  const first = lines.findIndex((line) => !BLANK.test(line));
  const indent = indentOf(lines[first] ?? "");
  if (first === -1 || !DASH.test(lines[first] ?? "")) return null;
  const tasks: string[] = [];
  let at = first;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const isWithin = BLANK.test(line) || indentOf(line) > indent;
    if (!isWithin && (indentOf(line) < indent || !DASH.test(line))) break;
    if (isWithin) tasks.push(`${tasks.pop() ?? ""}${line}`);
    else tasks.push(line);
  }
  return { head: text.slice(0, found.index), opening: found[0] + lines.slice(0, first).join(""), tasks, tail: lines.slice(at).join(""), indent };
}

export function textOf({ head, opening, tasks, tail }: Parts): string {
  return [head, opening, ...tasks, tail].join("");
}

/** A part, and what is said after it: blank lines and comments that stand no deeper than its dash. */
export function cut(part: string, indent: number): [string, string] {
  const lines = part.split(/(?<=\n)/);
  let last = lines.length;
  while (last > 1 && BLANK.test(lines[last - 1] ?? "") && (indentOf(lines[last - 1] ?? "") <= indent || lines[last - 1]?.trim() === "")) last -= 1;
  return [lines.slice(0, last).join(""), lines.slice(last).join("")];
}

/** Its lines, further to the right. */
export function indented(text: string, indent: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(indent));
}
