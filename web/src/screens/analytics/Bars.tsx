import { useTranslation } from "react-i18next";
import type { ChartRow, Measure } from "./Chart";
import { Legend } from "./Chart";
import classes from "./analytics.module.css";

const WIDTH = 440;
const HEIGHT = 150;
const FOOT = 22;
const GAP = 0.25;
const LABELS_MAX = 6;

/** Bars beside each other along time, one look a measure. The table twin has the numbers. */
export function Columns({ title, measures, rows }: { title: string; measures: readonly Measure[]; rows: readonly ChartRow[] }) {
  const { t } = useTranslation(["analytics", "common"]);
  const most = Math.max(1, ...rows.flatMap((row) => row.values.map((value) => value ?? 0)));
  const slot = WIDTH / rows.length;
  const bar = (slot * (1 - GAP)) / measures.length;
  const every = Math.ceil(rows.length / LABELS_MAX);
  return (
    <>
      <Legend measures={measures} />
      <div translate="no">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} className={classes["columns"]} role="img" aria-label={t("as_chart", { title })}>
          <line x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className={classes["axis"]} />
          {rows.map((row, at) => (
            <g key={row.key}>
              {row.values.map((value, which) => {
                const size = ((value ?? 0) / most) * (HEIGHT - 8);
                return (
                  <rect key={which} x={at * slot + slot * (GAP / 2) + which * bar} y={HEIGHT - size} width={bar} height={size} rx={Math.min(2, bar / 2)} className={classes[`look${which}`]}>
                    <title>{`${row.label}: ${measures[which]?.shown(value ?? 0) ?? ""}`}</title>
                  </rect>
                );
              })}
              {at % every === 0 && at + every / 2 < rows.length && (
                <text x={at === 0 ? 0 : at * slot + slot / 2} y={HEIGHT + FOOT - 6} textAnchor={at === 0 ? "start" : "middle"} className={classes["tick"]}>
                  {row.label}
                </text>
              )}
            </g>
          ))}
        </svg>
      </div>
    </>
  );
}

/** Bars below each other, with their numbers: for names, which are long. */
export function Rows({ measures, rows }: { measures: readonly Measure[]; rows: readonly ChartRow[] }) {
  const most = Math.max(...rows.flatMap((row) => row.values.map((value) => value ?? 0)), Number.MIN_VALUE);
  return (
    <>
      <Legend measures={measures} />
      <ul className={classes["rows"]}>
        {rows.map((row) => (
          <li key={row.key}>
            <span className={classes["rowName"]} translate="no">
              {row.label}
            </span>
            <span>
              {measures.map((measure, at) => (
                <span key={measure.key} className={classes["rowBar"]}>
                  <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden>
                    <rect width={((row.values[at] ?? 0) / most) * 100} height="10" className={classes[`look${at}`]} />
                  </svg>
                  <span translate="no">{row.values[at] == null ? "–" : measure.shown(row.values[at])}</span>
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
