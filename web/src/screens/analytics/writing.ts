/** How figures are written; a dash where there is none. */
import { useTranslation } from "react-i18next";
import { useFormat } from "@/i18n/format";

const NONE = "–";
const SHORT_SECONDS = 10;

export function useWriting() {
  const { i18n } = useTranslation();
  const { duration, number, money } = useFormat();
  const locale = i18n.language === "pseudo" ? "en" : i18n.language;
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const short = new Intl.NumberFormat(locale, { style: "unit", unit: "second", unitDisplay: "narrow", maximumFractionDigits: 2 });
  const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  return {
    number,
    share: (rate: number | null) => (rate === null ? NONE : percent.format(rate)),
    money,
    /** Short times keep their fractions: a program's second is long. */
    seconds: (value: number | null) => (value === null ? NONE : value < SHORT_SECONDS ? short.format(value) : duration(value)),
    day: (text: string) => date.format(new Date(`${text}T00:00:00Z`)),
    /** The name of a weekday, 0 being Monday. */
    weekday: (index: number) => weekday.format(new Date(Date.UTC(2024, 0, 1 + index))),
  };
}
