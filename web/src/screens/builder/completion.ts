/** What may follow where somebody types in a definition. */
import { KINDS, read } from "./document";

const OWN = ["casework", "key", "name", "description", "labels", "input", "start", "tasks", "output", "indicators", "on_failure"];
const OF_TASK = [
  ...["key", "name", "kind", "description", "prompt", "roles", "exclude", "form", "output", "due", "priority", "next", "split", "otherwise", "join", "cancel_rest", "visits"],
  ...["for_each", "concurrency", "on_item_error", "on_error", "on_failure", "retry", "timeout", "limits", "indicators", "function", "arguments", "method", "url", "headers", "body", "rules", "values"],
];
const VALUES: Record<string, readonly string[]> = { kind: KINDS, split: ["first", "all"], join: ["each", "all", "any"], on_failure: ["fail", "incident"], on_item_error: ["fail", "skip", "collect"] };
const TO_TASKS = new Set(["to", "otherwise", "on_error"]);

/** `line` is what stands before the cursor on its line; `from` is where in it the words begin. */
export function completionsAt(text: string, line: string): { from: number; words: readonly string[] } {
  const value = /(?:^|[\s{,-])(\w+):\s+(\w*)$/.exec(line);
  if (value !== null) {
    const [, field = "", typed = ""] = value;
    const words = TO_TASKS.has(field) ? keysIn(text) : (VALUES[field] ?? []);
    return { from: line.length - typed.length, words };
  }
  const name = /^(\s*)(?:- )?(\w*)$/.exec(line);
  if (name === null) return { from: line.length, words: [] };
  const [, indent = "", typed = ""] = name;
  return { from: line.length - typed.length, words: indent === "" && !line.startsWith("-") ? OWN : OF_TASK };
}

/** The tasks' keys, by the text alone where it does not parse, as while somebody types. */
function keysIn(text: string): string[] {
  const parsed = read(text)?.tasks.map((task) => task.key);
  return [...(parsed ?? [...text.matchAll(/^\s*-\s*\{?\s*key:\s*(\w+)/gm)].map((found) => found[1] ?? "")), "end"];
}
