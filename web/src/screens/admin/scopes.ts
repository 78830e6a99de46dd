/** Scopes are `category:level`; a level implies the lower ones. */
export const CATEGORIES = ["workspace", "members", "workflows", "assignments", "activities", "chats", "analytics", "keys", "secrets", "webhooks", "events", "sensitive"] as const;
export const LEVELS = ["read", "write", "admin"] as const;
export type Level = (typeof LEVELS)[number];

/** The highest level held in a category. */
export function levelIn(scopes: readonly string[], category: string): Level | undefined {
  return LEVELS.findLast((level) => scopes.includes(`${category}:${level}`));
}

export function holds(scopes: readonly string[], category: string, level: Level): boolean {
  const held = levelIn(scopes, category);
  return held !== undefined && LEVELS.indexOf(held) >= LEVELS.indexOf(level);
}

/** The scopes after a box is marked or not: marking gives the level, unmarking leaves the one below it. */
export function marked(scopes: readonly string[], category: string, level: Level, isMarked: boolean): string[] {
  const others = scopes.filter((scope) => !scope.startsWith(`${category}:`));
  const left = isMarked ? level : LEVELS[LEVELS.indexOf(level) - 1];
  return left === undefined ? others : [...others, `${category}:${left}`];
}
