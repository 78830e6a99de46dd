import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe, useWorkspace } from "@/api/session";
import { definitionQuery, versionsQuery, versionYamlQuery, workflowQuery, type Version } from "@/api/workflows";
import { useFormat } from "@/i18n/format";
import { Migrations } from "@/moving/Migrations";
import { MoveDialog } from "@/moving/MoveDialog";
import { Button, EmptyState, ErrorState, Page, Panel, Row, Select, Stack, Text, Waiting } from "@/ui";
import { fieldChanges, taskChanges } from "./compare";
import { FieldChanges, LineChanges, TaskChanges } from "./Changes";

const HERE = "/w/$workspace/workflows/$workflow/versions";
const APART = new Set(["tasks"]);

/** What was published of a workflow, and what became of it between two versions. */
export function Versions() {
  const { t } = useTranslation(["workflows", "common"]);
  const id = Number(useParams({ from: HERE }).workflow);
  const workspace = useWorkspace();
  const search = useSearch({ from: HERE });
  const mayMove = useMe().may("workflows:write");
  const workflow = useQuery(workflowQuery(workspace, id));
  const versions = useQuery(versionsQuery(workspace, id));
  const failed = [workflow, versions].find((one) => one.isError && one.data === undefined);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (workflow.data === undefined || versions.data === undefined) return <Waiting lines={10} />;
  const { items } = versions.data;
  const to = search.to ?? items[0]?.number ?? 1;
  const from = search.from ?? Math.max(1, to - 1);
  return (
    <Page title={<span translate="no">{workflow.data.name}</span>} lead={t("versions.lead")} actions={mayMove && items.length > 1 && <MoveAll workflow={id} />}>
      {items.length < 2 ? (
        <EmptyState title={t("versions.none")}>{t("versions.none_why")}</EmptyState>
      ) : (
        <>
          <Choosing items={items} from={from} to={to} />
          <Compared id={id} from={from} to={to} />
          {mayMove && <Migrations workflow={id} />}
        </>
      )}
    </Page>
  );
}

/** Lets all open cases go on by one version. */
function MoveAll({ workflow }: { workflow: number }) {
  const { t } = useTranslation("workflows");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("versions.move")}</Button>
      {isOpen && <MoveDialog workflow={workflow} cases={null} onClose={() => setOpen(false)} />}
    </>
  );
}

function Choosing({ items, from, to }: { items: readonly Version[]; from: number; to: number }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const navigate = useNavigate({ from: HERE });
  const choices = items.map((one) => ({
    value: String(one.number),
    label: [String(one.number), one.memberName, one.createdAt === null ? null : format.instant(one.createdAt)].filter((part) => part !== null).join(" · "),
  }));
  const go = (change: { from?: number; to?: number }) => void navigate({ search: { from, to, ...change }, replace: true });
  return (
    <Row gap={3}>
      <Select areNames label={t("versions.from")} value={String(from)} choices={choices} onChange={(value) => go({ from: Number(value) })} />
      <Select areNames label={t("versions.to")} value={String(to)} choices={choices} onChange={(value) => go({ to: Number(value) })} />
    </Row>
  );
}

function Compared({ id, from, to }: { id: number; from: number; to: number }) {
  const { t } = useTranslation("workflows");
  const workspace = useWorkspace();
  const [before, after] = [useQuery(definitionQuery(workspace, id, from)), useQuery(definitionQuery(workspace, id, to))];
  const [text, next] = [useQuery(versionYamlQuery(workspace, id, from)), useQuery(versionYamlQuery(workspace, id, to))];
  const failed = [before, after, text, next].find((one) => one.isError);
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (before.data === undefined || after.data === undefined || text.data === undefined || next.data === undefined) return <Waiting lines={8} />;
  const tasks = taskChanges(before.data.tasks, after.data.tasks);
  const own = fieldChanges(before.data, after.data, APART);
  if (tasks.length === 0 && own.length === 0) return <EmptyState title={t("versions.same")} />;
  return (
    <Stack gap={4}>
      {own.length > 0 && (
        <Panel title={t("workflow")}>
          <FieldChanges name={t("workflow")} fields={own} />
        </Panel>
      )}
      <Panel title={t("tasks")}>{tasks.length === 0 ? <Text tone="muted">{t("builder.no_task_changes")}</Text> : <TaskChanges changes={tasks} />}</Panel>
      <Panel title={t("versions.yaml")}>
        <LineChanges before={text.data} after={next.data} label={t("versions.yaml")} />
      </Panel>
    </Stack>
  );
}
