import { useTranslation } from "react-i18next";
import type { Figures } from "@/api/analytics";
import { useFormat } from "@/i18n/format";
import { Rows } from "./Bars";
import { Chart, first, type ChartRow, type Measure } from "./Chart";
import { HeatMap } from "./HeatMap";
import { HOURS, week } from "./week";
import { useWriting } from "./writing";
import classes from "./analytics.module.css";

const BARS_MAX = 25;

/** Who started the cases, and when in the week; of all that began in the span. */
export function StartCharts({ figures }: { figures: Figures }) {
  const { t } = useTranslation(["analytics", "common"]);
  const { number } = useFormat();
  const { money, weekday } = useWriting();
  const hours: Measure[] = Array.from({ length: HOURS }, (_, hour) => ({ key: String(hour), label: String(hour), shown: number }));
  const days: ChartRow[] = week(figures.hours).map((values, index) => ({ key: String(index), label: weekday(index), values }));
  const measures: Measure[] = [
    { key: "runs", label: t("measure.runs"), shown: number },
    { key: "failed", label: t("measure.failed"), shown: number },
  ];
  const details: Measure[] = [...measures, { key: "tokens", label: t("measure.tokens"), shown: number }, { key: "cost", label: t("measure.cost"), shown: money }];
  const people: ChartRow[] = figures.people.map((one) => ({ key: `${one.type} ${one.id ?? ""}`, label: one.name ?? t("nobody"), values: [one.runs, one.failed, one.tokens, one.cost] }));
  const teams: ChartRow[] = figures.teams.map((one) => ({ key: one.role, label: one.role, values: [one.runs, one.failed, one.tokens, one.cost] }));
  return (
    <div className={classes["charts"]}>
      <Chart title={t("teams")} subject={t("team")} file="teams" measures={details} rows={teams} note={t("teams_note")}>
        <Rows measures={measures} rows={first(teams, measures.length)} />
      </Chart>
      <Chart title={t("people")} subject={t("person")} file="people" measures={details} rows={people} note={t("people_note")}>
        <Rows measures={measures} rows={first(people, measures.length).slice(0, BARS_MAX)} />
      </Chart>
      <Chart title={t("hours")} subject={t("weekday")} file="hours" measures={hours} rows={figures.hours.length === 0 ? [] : days} note={t("hours_note")}>
        <HeatMap title={t("hours")} rows={days} />
      </Chart>
    </div>
  );
}
