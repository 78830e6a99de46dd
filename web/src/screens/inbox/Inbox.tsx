import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { memo, useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { takeNext, useActivityChange, type Entry } from "@/api/activities";
import { useMe, useWorkspace } from "@/api/session";
import { allWorkflowsQuery } from "@/api/workflows";
import { contribute } from "@/app/palette";
import { declareShortcuts, useKeys, useShortcut } from "@/app/shortcuts";
import { Button, EmptyState, ErrorState, IconPlayerSkipForward, Select, Segmented, toast, useNow, VirtualRows, Waiting } from "@/ui";
import { BulkBar } from "./Bulk";
import { FirstSteps } from "./FirstSteps";
import { filtersOf, MINUTE, orderOf, searchOf, SORTS, VIEWS, type Search } from "./filters";
import { useRows } from "./pages";
import { EntryRow, ROW_HEIGHT } from "./Row";
import { SavedFilters } from "./SavedFilters";
import classes from "./inbox.module.css";

declareShortcuts([
  { id: "inbox.next", keys: "n", label: "inbox:keys.next" },
  { id: "inbox.down", keys: "j", label: "inbox:keys.down" },
  { id: "inbox.up", keys: "k", label: "inbox:keys.up" },
  { id: "inbox.mark", keys: "x", label: "inbox:keys.mark" },
]);

/** The work that waits, and beside it the piece that one is on. */
export function Inbox() {
  const { activity } = useParams({ strict: false });
  return (
    <div className={classes["inbox"]} data-open={activity !== undefined || undefined}>
      <List open={activity} />
      <div className={classes["pane"]}>{activity === undefined ? <Idle /> : <Outlet />}</div>
    </div>
  );
}

function useTakeNext() {
  const { t } = useTranslation("inbox");
  const workspace = useWorkspace();
  const navigate = useNavigate();
  return useActivityChange(async () => {
    const taken = await takeNext().catch((error: unknown) => {
      toast({ message: error instanceof Error ? error.message : t("next.failed"), tone: "bad" });
      return undefined;
    });
    if (taken === null) toast({ message: t("next.none"), tone: "info" });
    if (taken) await navigate({ to: "/w/$workspace/inbox/$activity", params: { workspace, activity: taken.id }, search: true });
  });
}

function Idle() {
  const { t } = useTranslation("inbox");
  const next = useTakeNext();
  return (
    <EmptyState
      title={t("idle.title")}
      action={
        <Button emphasis="primary" icon={IconPlayerSkipForward} isBusy={next.isPending} onClick={() => next.mutate(undefined)}>
          {t("next.do")}
        </Button>
      }
    >
      {t("idle.why")}
    </EmptyState>
  );
}

function List({ open }: { open: string | undefined }) {
  const { t } = useTranslation(["inbox", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const search = useSearch({ from: "/w/$workspace/inbox" });
  const navigate = useNavigate();
  const minute = Math.floor(useNow(MINUTE) / MINUTE) * MINUTE;
  const listed = useDeferredValue(search); // what is chosen is shown at once, its rows follow
  const filters = useMemo(() => filtersOf(listed, me, minute), [listed, me, minute]);
  const rows = useRows(filters);
  const [marked, setMarked] = useState<ReadonlyMap<string, Entry>>(new Map());
  const next = useTakeNext();
  const nextKeys = useKeys("inbox.next");
  const view = listed.view ?? "mine";
  const index = open === undefined ? -1 : rows.indexOf(open);
  const show = (at: number) => {
    const entry = rows.at(Math.max(0, Math.min(rows.total - 1, at)));
    if (entry) void navigate({ to: "/w/$workspace/inbox/$activity", params: { workspace, activity: entry.activity.id }, search: true });
  };
  const mark = useCallback(
    (entry: Entry) =>
      setMarked((before) => {
        const after = new Map(before);
        if (!after.delete(entry.activity.id)) after.set(entry.activity.id, entry);
        return after;
      }),
    [],
  );
  useShortcut("inbox.next", () => next.mutate(undefined));
  useShortcut("inbox.down", () => show(index + 1));
  useShortcut("inbox.up", () => show(index - 1));
  useShortcut("inbox.mark", () => {
    const entry = rows.at(index);
    if (entry) mark(entry);
  });
  useEffect(
    () => contribute([{ id: "inbox.next", label: t("next.do"), group: t("common:palette.do"), icon: IconPlayerSkipForward, onSelect: () => next.mutate(undefined) }]),
    [t, next],
  );
  return (
    <section className={classes["list"]} aria-label={t("title")}>
      <header className={classes["head"]}>
        <div className={classes["title"]}>
          <h1>{t("title")}</h1>
          <Button emphasis="primary" keys={nextKeys} isBusy={next.isPending} onClick={() => next.mutate(undefined)}>
            {t("next.do")}
          </Button>
        </div>
        <Segmented
          label={t("view.label")}
          value={search.view ?? "mine"}
          choices={VIEWS.map((value) => ({ value, label: t(`view.${value}`) }))}
          onChange={(value) => void navigate({ to: ".", search: { ...search, view: value } })}
        />
        <Narrowing search={search} />
      </header>
      {marked.size > 0 && <BulkBar entries={[...marked.values()]} onDone={() => setMarked(new Map())} />}
      {rows.isPending && <Waiting lines={8} />}
      {rows.error && <ErrorState error={rows.error} onRetry={rows.retry} />}
      {!rows.isPending && !rows.error && rows.total === 0 && <EmptyState title={t(`none.${view}`)}>{t(`none_why.${view}`)}</EmptyState>}
      {rows.total === 0 && view === "mine" && <FirstSteps />}
      {rows.total > 0 && (
        <>
          <p className={classes["count"]} role="status">
            {t("count", { count: rows.total })}
          </p>
          <VirtualRows label={t("title")} count={rows.total} height={ROW_HEIGHT} shown={index} onRange={rows.onRange}>
            {(at) => {
              const entry = rows.at(at);
              return entry && <EntryRow entry={entry} isOpen={entry.activity.id === open} isMarked={marked.has(entry.activity.id)} onMark={mark} />;
            }}
          </VirtualRows>
        </>
      )}
    </section>
  );
}

/** Which workflow, in which order, and the filters that were kept. */
const Narrowing = memo(function Narrowing({ search }: { search: Search }) {
  const { t } = useTranslation("inbox");
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const workflows = useQuery(allWorkflowsQuery(workspace));
  return (
    <div className={classes["narrowing"]}>
      <Select
        label={t("workflow")} areNames
        placeholder={t("workflow_any")}
        isClearable
        value={search.project === undefined ? null : String(search.project)}
        choices={(workflows.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
        onChange={(value) =>
          void navigate({
            to: ".",
            search: searchOf({ ...search, project: value }),
          })
        }
      />
      <Select
        label={t("sort.label")}
        value={orderOf(search)}
        choices={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
        onChange={(value) => void navigate({ to: ".", search: { ...search, sort: value ?? "oldest" } })}
      />
      <SavedFilters search={search} />
    </div>
  );
});
