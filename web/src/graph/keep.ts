/** Of what is drawn, what stays as it was: objects that say the same are the same object, so that nothing of them is drawn anew. */

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether two values say the same; what is neither a list nor a plain object is compared as it is. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (!isPlain(one) || !isPlain(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && isSame(one[name], other[name]));
}

/** Keeps the newest things by their ids: gives one again where a new one says the same. */
export function keeper<T extends { id: string }>(): (things: readonly T[]) => T[] {
  let known = new Map<string, T>();
  return (things) => {
    const kept = things.map((thing) => {
      const before = known.get(thing.id);
      return before !== undefined && isSame(before, thing) ? before : thing;
    });
    known = new Map(kept.map((thing) => [thing.id, thing]));
    return kept;
  };
}
