import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { runsQuery, SAMPLE_MAX } from "@/api/analytics";
import { useWorkspace } from "@/api/session";
import { useFormat } from "@/i18n/format";
import { Rows } from "./Bars";
import { Chart, first, type ChartRow, type Measure } from "./Chart";
import { HeatMap } from "./HeatMap";
import { byHour, byPerson, HOURS } from "./tally";
import { useWriting } from "./writing";
import type { Search } from "./search";
import classes from "./analytics.module.css";

/** What is counted out of the newest runs themselves: hours and people. */
export function SampleCharts({ workflow, search }: { workflow: number; search: Search }) {
  const { t } = useTranslation(["analytics", "common"]);
  const workspace = useWorkspace();
  const { number } = useFormat();
  const { money, weekday } = useWriting();
  const runs = useQuery(runsQuery(workspace, workflow, { ...search, page: undefined }, SAMPLE_MAX));
  if (runs.data === undefined) return null; // the list below says what is the matter
  const hours: Measure[] = Array.from({ length: HOURS }, (_, hour) => ({ key: String(hour), label: String(hour), shown: number }));
  const days: ChartRow[] = byHour(runs.data).map((values, index) => ({ key: String(index), label: weekday(index), values }));
  const measures: Measure[] = [
    { key: "runs", label: t("measure.runs"), shown: number },
    { key: "failed", label: t("measure.failed"), shown: number },
  ];
  const details: Measure[] = [...measures, { key: "tokens", label: t("measure.tokens"), shown: number }, { key: "cost", label: t("measure.cost"), shown: money }];
  const people = byPerson(runs.data);
  const whole: ChartRow[] = people.map((one) => ({ key: one.id, label: one.name || t("nobody"), values: [one.runs, one.failed, one.tokens, one.cost] }));
  const note = t("sample", { count: runs.data.length });
  return (
    <div className={classes["charts"]}>
      <Chart title={t("hours")} subject={t("weekday")} file="hours" measures={hours} rows={runs.data.length === 0 ? [] : days} note={note}>
        <HeatMap title={t("hours")} rows={days} />
      </Chart>
      <Chart title={t("people")} subject={t("person")} file="people" measures={details} rows={whole} note={note}>
        <Rows measures={measures} rows={first(whole, measures.length)} />
      </Chart>
    </div>
  );
}
