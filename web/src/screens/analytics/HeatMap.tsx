import { useTranslation } from "react-i18next";
import type { ChartRow } from "./Chart";
import { HOURS } from "./week";
import classes from "./analytics.module.css";

const CELL = 16;
const HEAD = 48;
const TOP = 20;
const STEPS = 5;
const EVERY = 3;

/** The week by hours: the darker, the more began. */
export function HeatMap({ title, rows }: { title: string; rows: readonly ChartRow[] }) {
  const { t } = useTranslation(["analytics", "common"]);
  const most = Math.max(1, ...rows.flatMap((row) => row.values.map((value) => value ?? 0)));
  return (
    <div translate="no">
      <svg viewBox={`0 0 ${HEAD + HOURS * CELL} ${TOP + rows.length * CELL}`} className={classes["columns"]} role="img" aria-label={t("as_chart", { title })}>
        {Array.from({ length: HOURS / EVERY }, (_, at) => (
          <text key={at} x={HEAD + at * EVERY * CELL + CELL / 2} y={TOP - 7} textAnchor="middle" className={classes["tick"]}>
            {at * EVERY}
          </text>
        ))}
        {rows.map((row, day) => (
          <g key={row.key}>
            <text x={HEAD - 8} y={TOP + day * CELL + CELL / 2 + 4} textAnchor="end" className={classes["tick"]}>
              {row.label}
            </text>
            {row.values.map((value, hour) => (
              <rect
                key={hour}
                x={HEAD + hour * CELL + 1}
                y={TOP + day * CELL + 1}
                width={CELL - 2}
                height={CELL - 2}
                rx="3"
                className={classes["heat"]}
                data-heat={Math.ceil(((value ?? 0) / most) * STEPS)}
              >
                <title>{`${row.label} ${hour}: ${value ?? 0}`}</title>
              </rect>
            ))}
          </g>
        ))}
      </svg>
    </div>
  );
}
