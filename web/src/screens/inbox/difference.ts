/** What of a form is not on the server yet. Pure. */
export type Values = Readonly<Record<string, unknown>>;

/** What has to be sent so that the server has the same: what differs, and what was there and has no value any more. */
export function difference(now: Values, saved: Values): Values {
  const names = new Set([...Object.keys(now), ...Object.keys(saved)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => JSON.stringify(now[name]) !== JSON.stringify(saved[name]))
      .map((name) => [name, name in now ? now[name] : typeof saved[name] === "string" ? "" : null]),
  );
}
