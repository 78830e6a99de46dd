import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { membersQuery } from "@/api/members";
import { useMe, useWorkspace } from "@/api/session";
import { trailQuery, type Fact, type TrailFilter } from "@/api/trail";
import { Button, Code, EmptyState, ErrorState, Instant, NumberField, Panel, Row, Select, Table, TextField, TextLink, Values, Waiting } from "@/ui";
import { searchOf } from "./search";
import classes from "./admin.module.css";

/** Who did what, newest first; the filters are in the address. */
export function Audit() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const filter = useSearch({ from: "/w/$workspace/admin/$section" });
  const navigate = useNavigate({ from: "/w/$workspace/admin/$section" });
  const facts = useInfiniteQuery(trailQuery(workspace, filter));
  const rows = facts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title={t("audit.title")}>
      <Filters filter={filter} onChange={(change) => void navigate({ search: searchOf({ ...filter, ...change }), replace: true })} />
      {facts.isPending && <Waiting lines={8} />}
      {facts.isError && rows.length === 0 && <ErrorState error={facts.error} onRetry={() => void facts.refetch()} />}
      {facts.isSuccess && rows.length === 0 && (
        <EmptyState title={t("audit.none")} action={<Button onClick={() => void navigate({ search: {} })}>{t("audit.clear")}</Button>} />
      )}
      {rows.length > 0 && <FactTable rows={rows} />}
      {facts.hasNextPage && (
        <Row>
          <Button isBusy={facts.isFetchingNextPage} onClick={() => void facts.fetchNextPage()}>
            {t("more")}
          </Button>
        </Row>
      )}
    </Panel>
  );
}

function Filters({ filter, onChange }: { filter: TrailFilter; onChange: (change: Record<string, unknown>) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const me = useMe();
  const members = useQuery({ ...membersQuery(useWorkspace()), enabled: me.may("members:read") });
  return (
    <div className={classes["filters"]} role="search" aria-label={t("audit.filters")}>
      <TextField label={t("audit.type")} kind="search" placeholder={t("audit.type_like")} value={filter.type ?? ""} onChange={(type) => onChange({ type })} />
      <Select
        label={t("audit.who")}
        areNames
        isClearable
        value={filter.memberId === undefined ? null : String(filter.memberId)}
        placeholder={t("audit.anybody")}
        choices={(members.data?.items ?? []).map((one) => ({ value: String(one.id), label: one.name || one.email }))}
        onChange={(memberId) => onChange({ memberId })}
      />
      <NumberField label={t("audit.case")} isWhole min={1} value={filter.assignmentId ?? null} onChange={(assignmentId) => onChange({ assignmentId })} />
      <TextField label={t("audit.from")} kind="date" value={filter.from ?? ""} onChange={(from) => onChange({ from })} />
      <TextField label={t("audit.to")} kind="date" value={filter.to ?? ""} onChange={(to) => onChange({ to })} />
    </div>
  );
}

function FactTable({ rows }: { rows: Fact[] }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  return (
    <Table
      caption={t("audit.title")}
      rows={rows}
      keyOf={(one) => one.id}
      columns={[
        { key: "at", label: t("audit.at"), cell: (one) => (one.at === null ? "" : <Instant at={one.at} />) },
        { key: "type", label: t("audit.what"), cell: (one) => <Code>{one.type}</Code> },
        {
          key: "who",
          label: t("audit.who"),
          cell: (one) => (one.actor.name === null ? t(`audit.actor.${one.actor.kind}`, { defaultValue: one.actor.kind }) : <span translate="no">{one.actor.name}</span>),
        },
        {
          key: "case",
          label: t("audit.case"),
          cell: (one) =>
            one.assignmentId !== null && (
              <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(one.assignmentId) }} translate="no">
                {one.assignmentId}
              </TextLink>
            ),
        },
        {
          key: "data",
          label: t("audit.data"),
          cell: (one) =>
            Object.keys(one.data).length > 0 && (
              <details className={classes["data"]}>
                <summary>{t("show")}</summary>
                <Values of={one.data} />
              </details>
            ),
        },
      ]}
    />
  );
}
