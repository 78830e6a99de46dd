/** Rates as the API writes them, like `100/m`, in two fields. Pure. */

export const UNITS = ["s", "m", "h", "d"] as const;
export type Unit = (typeof UNITS)[number];

export interface Rate {
  starts: number | null;
  unit: Unit;
}

/** A minute where there is no rate. */
export function rateOf(text: string | null): Rate {
  const [starts, unit] = (text ?? "").split("/");
  return { starts: starts === undefined || starts === "" ? null : Number(starts), unit: UNITS.find((one) => one === unit) ?? "m" };
}

/** Null where no number of starts is given: any. */
export function textOf({ starts, unit }: Rate): string | null {
  return starts === null ? null : `${starts}/${unit}`;
}
