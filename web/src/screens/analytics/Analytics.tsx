import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { figuresQuery, RUN_STATES } from "@/api/analytics";
import { useWorkspace } from "@/api/session";
import { allWorkflowsQuery } from "@/api/workflows";
import { EmptyState, ErrorState, IconChartBar, Page, Select, TextField, Waiting } from "@/ui";
import { DueCharts } from "./DueCharts";
import { FigureCharts, Numbers } from "./FigureCharts";
import { RunList } from "./RunList";
import { StartCharts } from "./StartCharts";
import { searchOf, type Search } from "./search";
import classes from "./analytics.module.css";

/** How a workflow does: what comes and goes, where time and money go, and its runs. The filters are in the address. */
export function Analytics() {
  const { t } = useTranslation(["analytics", "common"]);
  const workspace = useWorkspace();
  const search = useSearch({ from: "/w/$workspace/analytics" });
  const navigate = useNavigate();
  const workflows = useQuery(allWorkflowsQuery(workspace));
  const workflow = search.workflow ?? workflows.data?.[0]?.id;
  const change = (wish: Record<string, unknown>) =>
    void navigate({ to: "/w/$workspace/analytics", params: { workspace }, search: searchOf({ ...search, page: undefined, ...wish }), replace: true });
  return (
    <Page title={t("title")} lead={t("lead")}>
      {workflows.isPending && <Waiting lines={8} />}
      {workflows.isError && <ErrorState error={workflows.error} onRetry={() => void workflows.refetch()} />}
      {workflows.isSuccess && workflow === undefined && (
        <EmptyState title={t("no_workflow")} icon={IconChartBar}>
          {t("no_workflow_why")}
        </EmptyState>
      )}
      {workflow !== undefined && (
        <>
          <Filters search={{ ...search, workflow }} workflows={workflows.data ?? []} onChange={change} />
          <Measured workflow={workflow} search={search} />
          <RunList workflow={workflow} search={search} onPage={(page) => change({ page })} />
        </>
      )}
    </Page>
  );
}

function Filters({ search, workflows, onChange }: { search: Search; workflows: readonly { id: number; name: string }[]; onChange: (wish: Record<string, unknown>) => void }) {
  const { t } = useTranslation(["analytics", "common"]);
  return (
    <div className={classes["filters"]} role="search" aria-label={t("filters")}>
      <Select
        label={t("workflow")}
        areNames
        value={String(search.workflow ?? "")}
        choices={workflows.map((one) => ({ value: String(one.id), label: one.name }))}
        onChange={(workflow) => onChange({ workflow })}
      />
      <TextField label={t("from")} kind="date" value={search.from ?? ""} onChange={(from) => onChange({ from })} />
      <TextField label={t("to")} kind="date" value={search.to ?? ""} onChange={(to) => onChange({ to })} />
      <Select
        label={t("state")}
        isClearable
        placeholder={t("any_state")}
        value={search.state ?? null}
        choices={RUN_STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
        onChange={(state) => onChange({ state })}
      />
      <TextField label={t("user")} kind="search" value={search.user ?? ""} onChange={(user) => onChange({ user })} />
    </div>
  );
}

function Measured({ workflow, search }: { workflow: number; search: Search }) {
  const workspace = useWorkspace();
  const figures = useQuery(figuresQuery(workspace, workflow, search));
  if (figures.data === undefined) return figures.isError ? <ErrorState error={figures.error} onRetry={() => void figures.refetch()} /> : <Waiting lines={8} />;
  return (
    <>
      <Numbers figures={figures.data} />
      <FigureCharts figures={figures.data} />
      <DueCharts workflow={workflow} due={figures.data.due} />
      <StartCharts figures={figures.data} />
    </>
  );
}
