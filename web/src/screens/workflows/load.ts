/** How much stands on each task of a workflow, since when and with how many people; and where that is too much. */
import type { Schemas } from "@/api/client";
import type { Activity, Span, TaskFigures } from "@/api/workflows";

export const MEASURES = ["count", "age", "work", "cost"] as const;
export type Measure = (typeof MEASURES)[number];

export interface Load {
  id: number;
  key: string;
  name: string;
  kind: string;
  /** Open cases on it. */
  count: number;
  /** When the oldest of what is open there began to wait; null where nobody has to do anything there. */
  since: string | null;
  /** How many people have something of it. */
  people: number;
  /** Seconds that people spent on it in all, and how long it usually waited; null where that is not known. */
  worked: number | null;
  /** What it asked of models cost; null where that is not known. */
  cost: number | null;
  usualWait: number | null;
}

interface Sources {
  tasks: readonly Schemas["TaskResponse"][];
  counts: Readonly<Record<string, { count: number }>>;
  /** Oldest first. */
  activities: readonly Activity[];
  figures: readonly TaskFigures[];
}

export function loadsOf({ tasks, counts, activities, figures }: Sources): Load[] {
  const byTask = new Map<string, Activity[]>();
  for (const one of activities) {
    const id = one.relationships.node.data?.id ?? "";
    const there = byTask.get(id);
    if (there === undefined) byTask.set(id, [one]);
    else there.push(one);
  }
  const taken = new Map(figures.map((one) => [one.task_id, one]));
  return tasks.map((task) => {
    const open = byTask.get(String(task.id)) ?? [];
    const figure = taken.get(task.id);
    return {
      ...task,
      count: counts[String(task.id)]?.count ?? 0,
      since: open[0]?.attributes.created_at ?? null,
      people: new Set(open.map((one) => one.attributes.assigned_account_id).filter((account) => account !== null)).size,
      worked: figure === undefined || figure.working.mean === null ? null : figure.working.mean * figure.count,
      cost: figure?.cost ?? null,
      usualWait: figure?.wait.p50 ?? null,
    };
  });
}

/** The activities of cases that began in a span: `included` holds the cases. */
export function within(page: Schemas["ActivityPage"], span: Span): readonly Activity[] {
  if (span.from === undefined && span.to === undefined) return page.data;
  const made = new Map<string, string>();
  for (const one of page.included ?? []) {
    const { type, id, attributes } = one as { type: string; id: string; attributes: { created_at?: string } };
    if (type === "workflow/work_units" && attributes.created_at !== undefined) made.set(id, attributes.created_at);
  }
  return page.data.filter((one) => isWithin(made.get(one.relationships.work_unit.data?.id ?? "") ?? "", span));
}

/** Whether an instant lies in a span of days (UTC), both included. */
export function isWithin(at: string, { from, to }: Span): boolean {
  const day = at.slice(0, 10);
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}

/** How much of a measure a task has: an amount, 0 where there is none. */
export function amountOf(load: Load, measure: Measure, now: number): number {
  if (measure === "count") return load.count;
  if (measure === "work") return load.worked ?? 0;
  if (measure === "cost") return load.cost ?? 0;
  return load.since === null ? 0 : Math.max(0, (now - Date.parse(load.since)) / 1_000);
}

const HEATS = 4;

/** From 0, nothing, to 4, the most of all; by quarters of the most. */
export function heatOf(amount: number, most: number): number {
  return amount <= 0 || most <= 0 ? 0 : Math.max(1, Math.ceil((amount / most) * HEATS));
}

const NAMED_MAX = 3;
const MANY = 2;

/**
 * The tasks where work piles up: the fullest, and those with at least twice as much as a task in the middle holds; the
 * fullest first, and of equals what waits longest.
 */
export function bottlenecks(loads: readonly Load[], now: number): Load[] {
  const busy = loads.filter((load) => load.count > 0);
  const worst = busy.toSorted((a, b) => b.count - a.count || amountOf(b, "age", now) - amountOf(a, "age", now));
  const usual = worst[Math.floor(worst.length / 2)]?.count ?? 0;
  return worst.filter((load, index) => index === 0 || load.count >= usual * MANY).slice(0, NAMED_MAX);
}
