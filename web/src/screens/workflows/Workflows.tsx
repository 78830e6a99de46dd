import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useWorkspace } from "@/api/session";
import { workflowsQuery, type Workflow } from "@/api/workflows";
import { Ago, ButtonLink, EmptyState, ErrorState, IconPlus, IconRoute, Page, Pager, Panel, Table, Text, TextField, TextLink, Waiting } from "@/ui";

const PAGE_SIZE = 50;

/** All workflows that the caller may see, newest first; each leads to its map. */
export function Workflows() {
  const { t } = useTranslation(["workflows", "common"]);
  const workspace = useWorkspace();
  const search = useSearch({ from: "/w/$workspace/workflows" });
  const navigate = useNavigate({ from: "/w/$workspace/workflows" });
  const page = search.page ?? 1;
  const name = search.name ?? "";
  const found = useQuery(workflowsQuery(workspace, page, PAGE_SIZE, name));
  const items = found.data?.items ?? [];
  const columns = useMemo(() => columnsOf(t, workspace), [t, workspace]);
  const find = (next: string) => void navigate({ search: next === "" ? {} : { name: next }, replace: true });
  return (
    <Page title={t("title")} lead={t("lead")} actions={<NewLink />}>
      <Panel>
        <Finding name={name} isShown={items.length > 0 || name !== ""} onChange={find} />
        {found.isPending && <Waiting lines={8} />}
        {found.isLoadingError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
        {found.data?.items.length === 0 && <Nothing isSearched={name !== ""} />}
        {items.length > 0 && (
          <>
            <Table caption={t("title")} rows={items} keyOf={(one) => one.id} columns={columns} />
            <Pager page={page} size={PAGE_SIZE} total={found.data?.total ?? 0} onPage={(next) => void navigate({ search: (before) => ({ ...before, page: next }) })} />
          </>
        )}
      </Panel>
    </Page>
  );
}

function NewLink() {
  const { t } = useTranslation("workflows");
  const workspace = useWorkspace();
  if (!useMe().may("workflows:write")) return null;
  return (
    <ButtonLink emphasis="primary" icon={IconPlus} to="/w/$workspace/workflows/new" params={{ workspace }}>
      {t("new")}
    </ButtonLink>
  );
}

function Finding({ name, isShown, onChange }: { name: string; isShown: boolean; onChange: (name: string) => void }) {
  const { t } = useTranslation("workflows");
  return isShown ? <TextField label={t("find")} kind="search" value={name} onChange={onChange} /> : null;
}

function Nothing({ isSearched }: { isSearched: boolean }) {
  const { t } = useTranslation("workflows");
  return (
    <EmptyState title={t(isSearched ? "none_named" : "none")} icon={IconRoute}>
      {t(isSearched ? "none_named_why" : "none_why")}
    </EmptyState>
  );
}

function columnsOf(t: (key: string) => string, workspace: string) {
  return [
    {
      key: "name",
      label: t("workflow"),
      cell: (one: Workflow) => (
        <>
          <TextLink to="/w/$workspace/workflows/$workflow" params={{ workspace, workflow: String(one.id) }} translate="no">
            {one.name}
          </TextLink>
          {one.description !== "" && (
            <Text size="xs" tone="muted" translate="no">
              {one.description}
            </Text>
          )}
        </>
      ),
    },
    { key: "tasks", label: t("tasks"), isNumber: true, cell: (one: Workflow) => <span translate="no">{one.tasks.length}</span> },
    { key: "version", label: t("version"), isNumber: true, cell: (one: Workflow) => <span translate="no">{one.version}</span> },
    { key: "updated", label: t("changed"), isNumber: true, cell: (one: Workflow) => <>{one.updatedAt !== null && <Ago at={one.updatedAt} />}</> },
  ];
}
