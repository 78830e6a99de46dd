import { useTranslation } from "react-i18next";
import type { Figures } from "@/api/analytics";
import { useFormat } from "@/i18n/format";
import { Columns, Rows } from "./Bars";
import { Chart, first, type ChartRow, type Measure } from "./Chart";
import { useWriting } from "./writing";
import classes from "./analytics.module.css";

/** The figures that one looks at first. */
export function Numbers({ figures }: { figures: Figures }) {
  const { t } = useTranslation(["analytics", "common"]);
  const { number } = useFormat();
  const { seconds, share, money } = useWriting();
  const ended = (figures.states["COMPLETED"] ?? 0) + (figures.states["FAILED"] ?? 0);
  const success = ended === 0 ? null : (figures.states["COMPLETED"] ?? 0) / ended;
  const cost = figures.usage.reduce((sum, one) => sum + one.cost, 0);
  const shown = [
    ["runs", number(figures.runs)],
    ["success", share(success)],
    ["p50", seconds(figures.latency.p50)],
    ["p95", seconds(figures.latency.p95)],
    ["p99", seconds(figures.latency.p99)],
    ["automation", share(figures.automation.rate)],
    ["rework", share(figures.rework.rate)],
    ["in_time", share(figures.due.overall.rate)],
    ["tokens", number(figures.usage.reduce((sum, one) => sum + one.tokens, 0))],
    ["cost", money(cost)],
  ] as const;
  return (
    <dl className={classes["numbers"]}>
      {shown.map(([name, value]) => (
        <div key={name} className={classes["number"]}>
          <dt>{t(`number.${name}`)}</dt>
          <dd translate="no">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Sum {
  key: string;
  tokens: number;
  cost: number;
}

/** Usage added up by one of its parts, in the order in which it comes. */
function summed(usage: Figures["usage"], keyOf: (one: Figures["usage"][number]) => string): Sum[] {
  const found = new Map<string, Sum>();
  for (const one of usage) {
    const key = keyOf(one);
    const before = found.get(key) ?? { key, tokens: 0, cost: 0 };
    found.set(key, { key, tokens: before.tokens + one.tokens, cost: before.cost + one.cost });
  }
  return [...found.values()];
}

export function FigureCharts({ figures }: { figures: Figures }) {
  const { t } = useTranslation(["analytics", "common"]);
  const { number } = useFormat();
  const { seconds, share, money, day } = useWriting();
  const measure = (key: string, shown: (value: number) => string): Measure => ({ key, label: t(`measure.${key}`), shown });
  const came = ["created", "completed", "failed"].map((key) => measure(key, number));
  const days: ChartRow[] = figures.throughput.map((one) => ({ key: one.date, label: day(one.date), values: [one.created ?? 0, one.completed ?? 0, one.failed ?? 0] }));
  const times = [measure("wait", seconds), measure("working", seconds)];
  const tasks: ChartRow[] = figures.tasks.map((one) => ({ key: one.task_key, label: one.task_name, values: [one.wait.p50, one.working.p50] }));
  const rates = [measure("rework", share), measure("automation", share)];
  const shares: ChartRow[] = figures.tasks.map((one) => ({ key: one.task_key, label: one.task_name, values: [one.rework.rate, one.automation.rate] }));
  const tokens = [measure("tokens", number)];
  const cost = [measure("cost", money)];
  const models: ChartRow[] = summed(figures.usage, (one) => `${one.provider} ${one.model_id}`).map((one) => ({ key: one.key, label: one.key, values: [one.tokens, one.cost] }));
  const spent: ChartRow[] = summed(figures.usage, (one) => one.date).map((one) => ({ key: one.key, label: day(one.key), values: [one.cost] }));
  return (
    <div className={classes["charts"]}>
      <Chart title={t("throughput")} subject={t("day")} file="throughput" measures={came} rows={days} note={t("utc")}>
        <Columns title={t("throughput")} measures={came} rows={days} />
      </Chart>
      <Chart title={t("times")} subject={t("task")} file="times" measures={times} rows={tasks} note={t("median")}>
        <Rows measures={times} rows={tasks} />
      </Chart>
      <Chart title={t("rates")} subject={t("task")} file="rates" measures={rates} rows={shares}>
        <Rows measures={rates} rows={shares} />
      </Chart>
      <Chart title={t("models")} subject={t("model")} file="models" measures={[...tokens, ...cost]} rows={models}>
        <Rows measures={tokens} rows={first(models, tokens.length)} />
      </Chart>
      <Chart title={t("spent")} subject={t("day")} file="cost" measures={cost} rows={spent} note={t("utc")}>
        <Columns title={t("spent")} measures={cost} rows={spent} />
      </Chart>
    </div>
  );
}
