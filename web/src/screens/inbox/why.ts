/** Why a case came to a task: the way that led there, by the definition and what was completed before. Pure. */

interface Way {
  to?: unknown;
  when?: unknown;
}

interface TaskLike {
  key: string;
  name?: string | null;
  next?: readonly Way[] | null;
}

export interface Reason {
  from: string;
  /** The condition that was true; null where the way has none. */
  condition: string | null;
  /** The conditions that were false before a way without one was taken. */
  passed: readonly string[];
}

/** The way from the task that was completed last before, if exactly one leads here. */
export function whyHere(tasks: readonly TaskLike[], here: string, before: string | undefined): Reason | null {
  const from = tasks.find((task) => task.key === before);
  const ways = from?.next ?? [];
  const leading = ways.filter((way) => way.to === here);
  const way = leading[0];
  if (from === undefined || way === undefined || leading.length > 1) return null;
  const condition = typeof way.when === "string" ? way.when : null;
  const earlier = ways.slice(0, ways.indexOf(way)).flatMap((one) => (typeof one.when === "string" ? [one.when] : []));
  return { from: from.name ?? from.key, condition, passed: condition === null ? earlier : [] };
}
