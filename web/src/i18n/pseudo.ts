const OPEN = "⟦";
const CLOSE = "⟧";

/** The same texts, each between brackets that nothing else has; placeholders stay as they are. */
export function pseudo(words: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [
      key,
      typeof value === "string" ? `${OPEN}${value}${CLOSE}` : pseudo(value as Record<string, unknown>),
    ]),
  );
}
