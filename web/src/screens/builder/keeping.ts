/** Where somebody put the tasks of workflows, kept in this browser: the definition says what is done, not where it is drawn. */
import { NO_PLACES, type Places } from "@/graph/places";

/** Workflows whose places are kept: those that were changed last. */
const WORKFLOWS_MAX = 20;
const TASKS_MAX = 1_000;
const FAR = 1_000_000;

type Kept = [workflow: number, places: [key: string, x: number, y: number][]];

const nameOf = (workspace: string) => `casework.places.${workspace}`;

/** The places of those tasks; none where none are kept, or what is kept cannot be read. */
export function keptPlaces(workspace: string, workflow: number, keys: readonly string[]): Places {
  const found = read(workspace).find(([one]) => one === workflow)?.[1] ?? [];
  const there = new Set(keys);
  const places = found.filter(([key]) => there.has(key)).map(([key, x, y]) => [key, { x, y }] as const);
  return places.length === 0 ? NO_PLACES : new Map(places);
}

/** Keeps the places of those tasks alone, or forgets all of the workflow where there are none. */
export function keepPlaces(workspace: string, workflow: number, places: Places, keys: readonly string[]): void {
  const there = new Set(keys);
  const mine = [...places].filter(([key]) => there.has(key)).slice(0, TASKS_MAX);
  const others = read(workspace).filter(([one]) => one !== workflow);
  const all: Kept[] = mine.length === 0 ? others : [[workflow, mine.map(([key, { x, y }]) => [key, x, y])], ...others];
  try {
    localStorage.setItem(nameOf(workspace), JSON.stringify(all.slice(0, WORKFLOWS_MAX)));
  } catch {
    // The browser keeps nothing, or has no room: the places last as long as the page.
  }
}

function read(workspace: string): Kept[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(nameOf(workspace)) ?? "[]");
    return Array.isArray(stored) ? stored.flatMap(keptIn) : [];
  } catch {
    return [];
  }
}

function keptIn(entry: unknown): Kept[] {
  const [workflow, places] = Array.isArray(entry) ? (entry as unknown[]) : [];
  return typeof workflow === "number" && Array.isArray(places) ? [[workflow, places.filter(isPlace)]] : [];
}

function isPlace(value: unknown): value is [string, number, number] {
  return Array.isArray(value) && typeof value[0] === "string" && isNear(value[1]) && isNear(value[2]);
}

function isNear(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= FAR;
}
