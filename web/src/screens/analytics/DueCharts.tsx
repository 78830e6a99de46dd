import { useTranslation } from "react-i18next";
import type { Figures } from "@/api/analytics";
import { useMe, useWorkspace } from "@/api/session";
import { useFormat } from "@/i18n/format";
import { ButtonLink, EmptyState, IconClock, Panel } from "@/ui";
import { Columns, Rows } from "./Bars";
import { Chart, first, type Measure } from "./Chart";
import { COUNTED, dayRows, taskRows } from "./due";
import { useWriting } from "./writing";
import classes from "./analytics.module.css";

/** How due dates were kept, by task and by day. */
export function DueCharts({ workflow, due }: { workflow: number; due: Figures["due"] }) {
  const { t } = useTranslation(["analytics", "common"]);
  const { number } = useFormat();
  const { share, day } = useWriting();
  if (due.tasks.length === 0) return <NoDueDates workflow={workflow} />;
  const counted: Measure[] = COUNTED.map((key) => ({ key, label: t(`measure.${key}`), shown: number }));
  const now: Measure = { key: "overdue", label: t("measure.overdue"), shown: number };
  const rate: Measure = { key: "in_time", label: t("measure.in_time"), shown: share };
  const [tasks, days] = [taskRows(due), dayRows(due, day)];
  return (
    <div className={classes["charts"]}>
      <Chart title={t("due_tasks")} subject={t("task")} file="due-by-task" measures={[...counted, now, rate]} rows={tasks} note={t("due_note")}>
        <Rows measures={[...counted, now]} rows={first(tasks, COUNTED.length + 1)} />
      </Chart>
      <Chart title={t("due_days")} subject={t("day")} file="due-by-day" measures={[...counted, rate]} rows={days} note={t("utc")}>
        <Columns title={t("due_days")} measures={counted} rows={first(days, COUNTED.length)} />
      </Chart>
    </div>
  );
}

function NoDueDates({ workflow }: { workflow: number }) {
  const { t } = useTranslation("analytics");
  const workspace = useWorkspace();
  const mayEdit = useMe().may("workflows:write");
  const builder = (
    <ButtonLink to="/w/$workspace/workflows/$workflow/edit" params={{ workspace, workflow: String(workflow) }}>
      {t("set_due")}
    </ButtonLink>
  );
  return (
    <Panel title={t("due_tasks")}>
      <EmptyState title={t("no_due")} icon={IconClock} action={mayEdit && builder}>
        {t("no_due_why")}
      </EmptyState>
    </Panel>
  );
}
