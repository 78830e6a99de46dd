/** A definition as a graph: its tasks, the ways between them, and which of those lead back, part or come together. */

/** What the graph needs of a task as it is written; anything may be absent or of another shape while somebody types. */
export interface TaskSource {
  key: string;
  name?: string | null;
  kind?: string;
  next?: readonly { to?: unknown; when?: unknown }[] | null;
  split?: unknown;
  join?: unknown;
  otherwise?: unknown;
  on_error?: unknown;
  for_each?: unknown;
}

export interface GraphTask {
  key: string;
  name: string;
  kind: string;
  isStart: boolean;
  /** Whether every way whose condition holds is taken, side by side. */
  splits: boolean;
  /** What it waits for where several ways lead to it. */
  join: "each" | "all" | "any";
  /** Whether a way leads from it back to itself or to an earlier task. */
  loops: boolean;
  isPerItem: boolean;
  ends: boolean;
}

export type WayKind = "next" | "otherwise" | "error";

export interface Way {
  id: string;
  from: string;
  to: string;
  kind: WayKind;
  /** CEL; null where the way is always open. */
  when: string | null;
  isBack: boolean;
}

export interface Graph {
  tasks: readonly GraphTask[];
  ways: readonly Way[];
}

/** The reserved target that ends a branch. */
export const END = "end";

export function graphOf(tasks: readonly TaskSource[], start: readonly string[] | null | undefined): Graph {
  const keys = new Set(tasks.map((task) => task.key));
  const starts = new Set(start?.length ? start : tasks.slice(0, 1).map((task) => task.key));
  const found = tasks.flatMap(waysOf).filter((way) => keys.has(way.to));
  const back = backWays(
    tasks.map((task) => task.key),
    [...starts],
    found,
  );
  const ways = found.map((way) => ({ ...way, isBack: back.has(way.id) }));
  const looping = new Set(ways.filter((way) => way.isBack).map((way) => way.from));
  return {
    ways,
    tasks: tasks.map((task) => ({
      key: task.key,
      name: task.name === undefined || task.name === null || task.name === "" ? task.key : task.name,
      kind: task.kind ?? "",
      isStart: starts.has(task.key),
      splits: task.split === "all",
      join: task.join === "all" || task.join === "any" ? task.join : "each",
      loops: looping.has(task.key),
      isPerItem: typeof task.for_each === "string",
      ends: !task.next?.length || task.next.some((way) => way.to === END),
    })),
  };
}

function waysOf(task: TaskSource): Way[] {
  const ways = (task.next ?? []).map((way, index) => ({
    id: `${task.key}.${index}`,
    from: task.key,
    to: typeof way.to === "string" ? way.to : "",
    kind: "next" as const,
    when: sourceOf(way.when),
    isBack: false,
  }));
  const others = [
    ["otherwise", task.otherwise],
    ["error", task.on_error],
  ] as const;
  return [
    ...ways,
    ...others.flatMap(([kind, to]) => (typeof to === "string" ? [{ id: `${task.key}.${kind}`, from: task.key, to, kind, when: null, isBack: false }] : [])),
  ];
}

/** CEL as it is written; `true` and `false` may stand bare. */
function sourceOf(when: unknown): string | null {
  return typeof when === "string" || typeof when === "boolean" ? String(when) : null;
}

/** The ways that close a circle, when the graph is walked from its starts; an own stack, so that depth is no matter. */
function backWays(keys: readonly string[], starts: readonly string[], ways: readonly Way[]): Set<string> {
  const from = new Map<string, Way[]>(keys.map((key) => [key, []]));
  for (const way of ways) from.get(way.from)?.push(way);
  const state = new Map<string, "open" | "done">();
  const back = new Set<string>();
  for (const root of [...starts, ...keys]) {
    if (state.has(root)) continue;
    const stack = [{ key: root, at: 0 }];
    state.set(root, "open");
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const way = from.get(top.key)?.[top.at];
      top.at += 1;
      if (way === undefined) {
        state.set(top.key, "done");
        stack.pop();
      } else if (state.get(way.to) === "open") back.add(way.id);
      else if (!state.has(way.to)) {
        state.set(way.to, "open");
        stack.push({ key: way.to, at: 0 });
      }
    }
  }
  return back;
}
