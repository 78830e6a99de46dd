import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { grantsQuery, setGrants, type Grant, type GrantBody } from "@/api/access";
import { useChange } from "@/api/change";
import { membersQuery, rolesQuery } from "@/api/members";
import { useMe, useWorkspace } from "@/api/session";
import { allWorkflowsQuery } from "@/api/workflows";
import { Button, EmptyState, ErrorState, IconButton, IconPlus, IconTrash, Panel, Refused, Row, Select, Stack, Table, Text, Waiting } from "@/ui";
import { FormDialog } from "./parts";

const LEVELS = ["use", "edit", "admin"] as const;
type Level = (typeof LEVELS)[number];

/** Who may start, change and administer each workflow. */
export function Grants() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const workflows = useQuery(allWorkflowsQuery(workspace));
  const [chosen, setChosen] = useState<string | null>(null);
  const workflow = chosen ?? (workflows.data?.[0] === undefined ? null : String(workflows.data[0].id));
  return (
    <Panel title={t("grants.title")}>
      {workflows.isPending && <Waiting lines={6} />}
      {workflows.isError && <ErrorState error={workflows.error} onRetry={() => void workflows.refetch()} />}
      {workflows.data?.length === 0 && <EmptyState title={t("no_workflow")}>{t("no_workflow_why")}</EmptyState>}
      {workflow !== null && (
        <>
          <Text tone="muted" size="sm">
            {t("grants.lead")}
          </Text>
          <Select
            label={t("workflow")}
            areNames
            value={workflow}
            choices={(workflows.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
            onChange={setChosen}
          />
          <GrantList key={workflow} workflow={Number(workflow)} />
        </>
      )}
    </Panel>
  );
}

function bodyOf({ role, memberId, level }: Grant): GrantBody {
  return typeof role === "string" ? { role, level } : { memberId: memberId ?? null, level };
}

function nameOf(grant: Grant): string {
  return typeof grant.role === "string" ? `role:${grant.role}` : `member:${grant.memberId ?? 0}`;
}

function GrantList({ workflow }: { workflow: number }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const grants = useQuery(grantsQuery(workspace, workflow));
  const members = useQuery({ ...membersQuery(workspace), enabled: me.may("members:read") });
  const [isAdding, setAdding] = useState(false);
  const set = useChange({
    act: (all: GrantBody[]) => setGrants(workspace, workflow, all),
    touches: ["grants"],
    said: () => t("grants.saved"),
    onDone: () => setAdding(false),
  });
  if (grants.data === undefined) return grants.isError ? <ErrorState error={grants.error} onRetry={() => void grants.refetch()} /> : <Waiting />;
  const all = grants.data;
  const memberName = (id: number | null | undefined) => members.data?.items.find((one) => one.id === id)?.name ?? String(id);
  const levels = LEVELS.map((value) => ({ value, label: t(`grants.level.${value}`) }));
  const columns = [
    {
      key: "who",
      label: t("grants.who"),
      cell: (one: Grant) => (
        <>
          {t(typeof one.role === "string" ? "grants.role" : "grants.member")} <strong translate="no">{one.role ?? memberName(one.memberId)}</strong>
        </>
      ),
    },
    { key: "level", label: t("grants.may"), cell: (one: Grant) => t(`grants.level.${one.level}`) },
    {
      key: "remove",
      label: t("actions"),
      isNumber: true,
      cell: (one: Grant) => (
        <IconButton icon={IconTrash} label={`${t("remove")}: ${one.role ?? memberName(one.memberId)}`} onClick={() => set.mutate(all.filter((other) => other !== one).map(bodyOf))} />
      ),
    },
  ];
  return (
    <Stack gap={3}>
      {all.length === 0 ? <Text>{t("grants.none")}</Text> : <Table caption={t("grants.title")} rows={all} keyOf={nameOf} columns={columns} />}
      {!isAdding && <Refused error={set.error} />}
      <Row>
        <Button icon={IconPlus} onClick={() => setAdding(true)}>
          {t("grants.add")}
        </Button>
      </Row>
      {isAdding && (
        <GrantForm levels={levels} asked={set} onClose={() => setAdding(false)} onGrant={(made) => set.mutate([...all.filter((one) => nameOf(one) !== nameOf(made)), made].map(bodyOf))} />
      )}
    </Stack>
  );
}

interface GrantFormProps {
  levels: { value: Level; label: string }[];
  asked: { error: Error | null; isPending: boolean };
  onGrant: (grant: Grant) => void;
  onClose: () => void;
}

function GrantForm({ levels, asked, onGrant, onClose }: GrantFormProps) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const roles = useQuery(rolesQuery(workspace));
  const members = useQuery(membersQuery(workspace));
  const [who, setWho] = useState<string | null>(null);
  const [level, setLevel] = useState<Level>("use");
  const choices = [
    ...(roles.data ?? []).map((one) => ({ value: `role:${one.name}`, label: t("grants.everybody", { name: one.name }) })),
    ...(members.data?.items ?? []).map((one) => ({ value: `member:${one.id}`, label: one.name || one.email })),
  ];
  const grant = () => {
    if (who === null) return;
    const name = who.slice(who.indexOf(":") + 1);
    onGrant(who.startsWith("role:") ? { role: name, memberId: null, level } : { role: null, memberId: Number(name), level });
  };
  return (
    <FormDialog title={t("grants.add")} submit={t("grants.add")} asked={asked} onSubmit={grant} onClose={onClose}>
      <Select label={t("grants.who")} areNames isRequired value={who} choices={choices} onChange={setWho} />
      <Select label={t("grants.may")} value={level} choices={levels} onChange={(value) => setLevel(value ?? "use")} />
    </FormDialog>
  );
}
