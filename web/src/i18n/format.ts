/** Instants and lengths of time as the reader's language writes them. */
import i18next from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

const SECOND = 1;
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

function locale(): string {
  return i18next.language === "pseudo" ? "en" : i18next.language;
}

/** Making a formatter costs a hundred times what using it does, and a list formats in each of its rows: each is made once. */
function kept<Options, Made>(Format: new (locale: string, options?: Options) => Made): (options?: Options) => Made {
  const made = new Map<string, Made>();
  return (options) => {
    const key = `${locale()} ${JSON.stringify(options)}`;
    const found = made.get(key) ?? new Format(locale(), options);
    made.set(key, found);
    return found;
  };
}

const relatives = kept(Intl.RelativeTimeFormat);
const instants = kept(Intl.DateTimeFormat);
const numbers = kept(Intl.NumberFormat);

const STEPS: readonly [number, Intl.RelativeTimeFormatUnit][] = [
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
  [SECOND, "second"],
];

/** "3 hours ago", "in 2 days". */
export function relative(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const [size, unit] = STEPS.find(([one]) => Math.abs(seconds) >= one) ?? [SECOND, "second"];
  return relatives({ numeric: "auto", style: "short" }).format(Math.trunc(seconds / size), unit);
}

/** Date and time of day. */
export function instant(at: string): string {
  return instants({ dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
}

/** "2d 4h", "3m 20s": the two largest units. */
export function duration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / DAY), "day"],
    [Math.floor((seconds % DAY) / HOUR), "hour"],
    [Math.floor((seconds % HOUR) / MINUTE), "minute"],
    [Math.floor(seconds % MINUTE), "second"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first === -1 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown
    .map(([count, unit]) => numbers({ style: "unit", unit, unitDisplay: "narrow" }).format(count))
    .join(" ");
}

export function number(value: number): string {
  return numbers().format(value);
}

const CENT_PARTS = 4;

/** What models cost, in the currency of their prices. */
export function money(value: number): string {
  return numbers({ style: "currency", currency: "USD", maximumFractionDigits: CENT_PARTS }).format(value);
}

const FORMAT = { relative, instant, duration, number, money };

/** Formats that change with the language: a component that uses them is drawn again when it changes, and only then. */
export function useFormat(): typeof FORMAT {
  const { i18n } = useTranslation();
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the formats ask for the language themselves
  return useMemo(() => ({ ...FORMAT }), [i18n.language]);
}
