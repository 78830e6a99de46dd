import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { casesQuery, type Case } from "@/api/cases";
import { useMe, useWorkspace } from "@/api/session";
import { toneOf } from "@/api/words";
import { Ago, Badge, Clock, EmptyState, ErrorState, Page, Pager, Panel, Row, Segmented, Table, Text, TextLink, Waiting } from "@/ui";

const PAGE_SIZE = 50;
const CHOICES = ["all", "active", "pending", "completed", "failed", "cancelled"] as const;

/** All cases that the caller may see, newest first. */
export function Cases() {
  const { t } = useTranslation(["cases", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const search = useSearch({ from: "/w/$workspace/cases" });
  const navigate = useNavigate({ from: "/w/$workspace/cases" });
  const maySeeAll = me.may("assignments:read");
  const page = search.page ?? 1;
  const cases = useQuery(casesQuery(workspace, { page, pageSize: PAGE_SIZE, status: search.status, mine: search.mine }));
  const found = useDeferredValue(cases.data);
  const columns = useColumns(workspace);
  return (
    <Page title={t("title")} lead={t(maySeeAll ? "lead" : "lead_mine")}>
      <Row gap={3}>
        <Segmented
          label={t("status")}
          value={search.status ?? "all"}
          choices={CHOICES.map((value) => ({ value, label: value === "all" ? t("all") : t(`common:status.case.${value}`) }))}
          onChange={(value) =>
            void navigate({ search: (before) => ({ ...(before.mine ? { mine: true } : {}), ...(value === "all" ? {} : { status: value }) }) })
          }
        />
        {maySeeAll && (
          <Segmented
            label={t("whose")}
            value={search.mine ? "mine" : "all"}
            choices={[
              { value: "all", label: t("everybodys") },
              { value: "mine", label: t("mine") },
            ]}
            onChange={(value) => void navigate({ search: (before) => ({ ...(before.status ? { status: before.status } : {}), ...(value === "mine" ? { mine: true } : {}) }) })}
          />
        )}
      </Row>
      <Panel>
        {found === undefined && !cases.isError && <Waiting lines={8} />}
        {cases.isError && found === undefined && <ErrorState error={cases.error} onRetry={() => void cases.refetch()} />}
        {found?.items.length === 0 && <EmptyState title={t("none")}>{t("none_why")}</EmptyState>}
        {found !== undefined && found.items.length > 0 && (
          <>
            <Table caption={t("title")} rows={found.items} keyOf={(one) => one.id} columns={columns} />
            <Pager page={page} size={PAGE_SIZE} total={found.total} onPage={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })} />
          </>
        )}
      </Panel>
    </Page>
  );
}

function useColumns(workspace: string) {
  const { t } = useTranslation(["cases", "common"]);
  return useMemo(
    () => [
      {
        key: "title",
        label: t("case"),
        cell: (one: Case) => (
          <>
            <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(one.id) }} translate="no">
              {one.title}
            </TextLink>
            <Text size="xs" tone="muted" translate="no">
              {one.workflowName}
            </Text>
          </>
        ),
      },
      { key: "status", label: t("status"), cell: (one: Case) => <Badge tone={toneOf(one.status)}>{t(`common:status.case.${one.status}`)}</Badge> },
      { key: "task", label: t("task"), cell: (one: Case) => <span translate="no">{one.currentTaskName ?? ""}</span> },
      { key: "member", label: t("member"), cell: (one: Case) => <span translate="no">{one.memberName ?? ""}</span> },
      { key: "working", label: t("working"), isNumber: true, cell: (one: Case) => <Clock seconds={one.workingSeconds} /> },
      { key: "created", label: t("created"), isNumber: true, cell: (one: Case) => <Ago at={one.createdAt} /> },
    ],
    [t, workspace],
  );
}
