import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { RUNS_PAGE, runsQuery, type Run } from "@/api/analytics";
import { useWorkspace } from "@/api/session";
import { useFormat } from "@/i18n/format";
import { Badge, Button, Code, EmptyState, ErrorState, IconDownload, Instant, Panel, Row, Table, Text, Waiting, type Tone } from "@/ui";
import { csvOf, download } from "./csv";
import type { Search } from "./search";
import { useWriting } from "./writing";

const TONES: Record<string, Tone> = { PENDING: "quiet", PAUSED: "warn", RESUMED: "info", COMPLETED: "ok", FAILED: "bad", CANCELLED: "quiet" };

const costOf = (run: Run) => run.llm_usage.reduce((sum, one) => sum + one.cost, 0);
const whoOf = (run: Run) => run.ran_by_display_name ?? run.user_id ?? "";

/** The runs themselves, newest first. */
export function RunList({ workflow, search, onPage }: { workflow: number; search: Search; onPage: (page: number) => void }) {
  const { t } = useTranslation(["analytics", "common"]);
  const workspace = useWorkspace();
  const { number } = useFormat();
  const { seconds, money } = useWriting();
  const page = search.page ?? 1;
  const runs = useQuery(runsQuery(workspace, workflow, search, RUNS_PAGE));
  const rows = runs.data ?? [];
  const save = () =>
    download(
      "runs.csv",
      csvOf([
        ["run_id", "date", "state", "latency_seconds", "tokens", "cost", "by", "error"],
        ...rows.map((one) => [one.run_id, one.date ?? "", one.state ?? "", one.latency ?? "", one.total_tokens, costOf(one), whoOf(one), one.error ?? ""]),
      ]),
    );
  const columns = [
    { key: "run", label: t("run"), cell: (one: Run) => <Code>{one.run_id}</Code> },
    { key: "date", label: t("date"), cell: (one: Run) => one.date !== null && <Instant at={one.date} /> },
    { key: "state", label: t("state"), cell: (one: Run) => one.state !== null && <Badge tone={TONES[one.state] ?? "quiet"}>{t(`states.${one.state}`)}</Badge> },
    { key: "who", label: t("person"), cell: (one: Run) => <span translate="no">{whoOf(one)}</span> },
    { key: "latency", label: t("measure.latency"), isNumber: true, cell: (one: Run) => <span translate="no">{seconds(one.latency)}</span> },
    { key: "tokens", label: t("measure.tokens"), isNumber: true, cell: (one: Run) => <span translate="no">{number(one.total_tokens)}</span> },
    { key: "cost", label: t("measure.cost"), isNumber: true, cell: (one: Run) => <span translate="no">{money(costOf(one))}</span> },
  ];
  return (
    <Panel
      title={t("runs")}
      aside={
        rows.length > 0 && (
          <Button icon={IconDownload} aria-label={`${t("runs")}: ${t("csv")}`} onClick={save}>
            {t("csv")}
          </Button>
        )
      }
    >
      {runs.isPending && <Waiting lines={8} />}
      {runs.isError && runs.data === undefined && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isSuccess && rows.length === 0 && <EmptyState title={t("no_runs")}>{t("no_runs_why")}</EmptyState>}
      {rows.length > 0 && <Table caption={t("runs")} rows={rows} keyOf={(one) => one.run_id} columns={columns} />}
      {(page > 1 || rows.length === RUNS_PAGE) && (
        <Row>
          <Button disabled={page === 1} onClick={() => onPage(page - 1)}>
            {t("common:pager.before")}
          </Button>
          <Text isInline>{t("page", { number: number(page) })}</Text>
          <Button disabled={rows.length < RUNS_PAGE} onClick={() => onPage(page + 1)}>
            {t("common:pager.after")}
          </Button>
        </Row>
      )}
    </Panel>
  );
}
