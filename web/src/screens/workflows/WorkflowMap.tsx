import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { memo, useCallback, useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useWorkspace } from "@/api/session";
import { countsQuery, definitionQuery, figuresQuery, waitingQuery, workflowQuery, type Span, type Workflow } from "@/api/workflows";
import { Canvas } from "@/graph/Canvas";
import { graphOf, type Graph, type TaskSource } from "@/graph/graph";
import { useFormat } from "@/i18n/format";
import { ButtonLink, ErrorState, IconPencil, Page, Panel, Row, Segmented, Stack, TextField, useNow, Waiting } from "@/ui";
import { Bottlenecks } from "./Bottlenecks";
import { TaskPanel } from "./TaskPanel";
import { TaskTable } from "./TaskTable";
import { faceOfLoads } from "./faces";
import { loadsOf, MEASURES, within, type Load, type Measure } from "./load";
import classes from "./map.module.css";
import type { MapSearch } from "./route";

const HERE = "/w/$workspace/workflows/$workflow";
const MINUTE = 60_000;

/** Where the open cases of a workflow stand, as a drawing and as a table. */
export function WorkflowMap() {
  const id = Number(useParams({ from: HERE }).workflow);
  const workspace = useWorkspace();
  const workflow = useQuery(workflowQuery(workspace, id));
  const definition = useQuery(definitionQuery(workspace, id, workflow.data?.version ?? 0));
  const graph = useMemo(() => graphOf((definition.data?.tasks ?? []) as readonly TaskSource[], definition.data?.start), [definition.data]);
  const failed = [workflow, definition].find((one) => one.isError && one.data === undefined);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (workflow.data === undefined || definition.data === undefined) return <Waiting lines={10} />;
  return <OpenMap workflow={workflow.data} graph={graph} />;
}

type Change = { [Name in "by" | "from" | "to" | "view"]?: string };

/** What is the usual is not said in the address. */
function changedIn({ by, from, to, view, ...rest }: MapSearch, change: Change): MapSearch {
  const all = { ...(by && { by }), ...(from && { from }), ...(to && { to }), ...(view && { view }), ...change };
  const kept = Object.entries(all).filter(([name, value]) => value !== "" && !(name === "by" && value === "count") && !(name === "view" && value === "map"));
  return { ...rest, ...(Object.fromEntries(kept) as MapSearch) };
}

function chosenIn(search: MapSearch, key: string | null): MapSearch {
  const next = { ...search };
  delete next.task;
  return key === null ? next : { ...next, task: key };
}

function useLoads(workflow: Workflow, span: Span): { loads: readonly Load[]; isPending: boolean; error: Error | null; retry: () => void } {
  const workspace = useWorkspace();
  const me = useMe();
  const counts = useQuery(countsQuery(workspace, workflow.id, span));
  const waiting = useQuery(waitingQuery(workspace, workflow.id));
  const figures = useQuery({ ...figuresQuery(workspace, workflow.id, span), enabled: me.may("analytics:read") });
  const loads = useMemo(
    () =>
      loadsOf({
        tasks: workflow.tasks,
        counts: counts.data ?? {},
        activities: waiting.data === undefined ? [] : within(waiting.data, span),
        figures: figures.data?.tasks ?? [],
      }),
    [workflow.tasks, counts.data, waiting.data, figures.data, span],
  );
  return { loads, isPending: counts.isPending, error: counts.data === undefined ? counts.error : null, retry: () => void counts.refetch() };
}

function OpenMap({ workflow, graph }: { workflow: Workflow; graph: Graph }) {
  const { t } = useTranslation(["workflows", "common"]);
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const format = useFormat();
  const now = useNow(MINUTE);
  const by = useDeferredValue(search.by ?? "count");
  const view = useDeferredValue(search.view);
  const { from, to } = search;
  const span = useMemo(() => ({ ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }), [from, to]);
  const { loads, isPending, error, retry } = useLoads(workflow, span);
  const choose = useCallback((key: string | null) => void navigate({ search: (before) => chosenIn(before, key), replace: true }), [navigate]);
  const change = useCallback((wish: Change) => void navigate({ search: (before) => changedIn(before, wish), replace: true }), [navigate]);
  const faceOf = useMemo(() => faceOfLoads(loads, by, now, format, t), [loads, by, now, format, t]);
  const opened = useDeferredValue(search.task);
  const chosen = loads.find((load) => load.key === opened);
  if (error !== null) return <ErrorState error={error} onRetry={retry} />;
  return (
    <Page title={<span translate="no">{workflow.name}</span>} lead={workflow.description === "" ? t("map.lead") : <span translate="no">{workflow.description}</span>} actions={<Actions id={workflow.id} />}>
      {!isPending && <Bottlenecks loads={loads} now={now} onChoose={choose} />}
      <Choices by={search.by ?? "count"} view={search.view ?? "map"} from={from ?? ""} to={to ?? ""} onChange={change} />
      <div className={classes["split"]} data-open={chosen !== undefined || undefined}>
        <Stack gap={3}>
          {view === "table" ? (
            <Panel>
              <TaskTable graph={graph} loads={loads} now={now} chosen={search.task ?? null} onChoose={choose} />
            </Panel>
          ) : (
            <Canvas graph={graph} faceOf={faceOf} chosen={search.task ?? null} onChoose={choose} />
          )}
        </Stack>
        {chosen !== undefined && <TaskPanel key={chosen.key} workflow={workflow} load={chosen} graph={graph} span={span} now={now} onClose={() => choose(null)} />}
      </div>
    </Page>
  );
}

const Actions = memo(function Actions({ id }: { id: number }) {
  const { t } = useTranslation("workflows");
  const params = { workspace: useWorkspace(), workflow: String(id) };
  const mayEdit = useMe().may("workflows:write");
  return (
    <>
      <ButtonLink to="/w/$workspace/workflows/$workflow/versions" params={params}>
        {t("versions.title")}
      </ButtonLink>
      {mayEdit && (
        <ButtonLink to="/w/$workspace/workflows/$workflow/edit" params={params} icon={IconPencil}>
          {t("edit")}
        </ButtonLink>
      )}
    </>
  );
});

interface ChoicesProps {
  by: Measure;
  view: "map" | "table";
  from: string;
  to: string;
  onChange: (change: Change) => void;
}

const Choices = memo(function Choices({ by, view, from, to, onChange }: ChoicesProps) {
  const { t } = useTranslation("workflows");
  const me = useMe();
  const measures = MEASURES.filter((one) => (one !== "work" && one !== "cost") || me.may("analytics:read"));
  return (
    <Row gap={4} isSpread>
      <Row gap={4}>
        <Segmented label={t("map.view")} value={view} choices={[{ value: "map", label: t("map.as_map") }, { value: "table", label: t("map.as_table") }]} onChange={(next) => onChange({ view: next })} />
        <Segmented label={t("map.by")} value={by} choices={measures.map((value) => ({ value, label: t(`measure.${value}`) }))} onChange={(next) => onChange({ by: next })} />
      </Row>
      <Row gap={2} className={classes["span"]}>
        <TextField kind="date" label={t("map.from")} value={from} onChange={(next) => onChange({ from: next })} />
        <TextField kind="date" label={t("map.to")} value={to} onChange={(next) => onChange({ to: next })} />
      </Row>
    </Row>
  );
});
