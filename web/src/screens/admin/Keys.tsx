import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addKey, keysQuery, revokeKey, type Key } from "@/api/access";
import { useChange } from "@/api/change";
import { useMe, useWorkspace } from "@/api/session";
import { Ago, Badge, Button, Code, EmptyState, IconPlus, IconTrash, Instant, Panel, Segmented, Select, Stack, Switch, Table, Text, TextField } from "@/ui";
import { Confirm, FormDialog, Listing, PAGE_SIZE, problemAt, RowMenu, ShownOnce } from "./parts";
import { ScopeMatrix } from "./ScopeMatrix";

const DAY_MILLISECONDS = 86_400_000;
const LIVES = ["30", "90", "365", "never"] as const;

/** What programs prove themselves with. */
export function Keys() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [page, setPage] = useState(1);
  const [isAdding, setAdding] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [revoked, setRevoked] = useState<Key | null>(null);
  const keys = useQuery(keysQuery(workspace, page, PAGE_SIZE));
  const revoke = useChange({
    act: (key: Key) => revokeKey(workspace, key.id),
    touches: ["keys"],
    said: (_, key) => t("keys.revoked", { name: key.name }),
    onDone: () => setRevoked(null),
  });
  const add = (
    <Button emphasis="primary" icon={IconPlus} onClick={() => setAdding(true)}>
      {t("keys.add")}
    </Button>
  );
  const columns = [
    {
      key: "name",
      label: t("keys.name"),
      cell: (one: Key) => (
        <>
          <Text size="sm" isStrong translate="no">
            {one.name}
          </Text>
          <Code>{`${one.prefix}…`}</Code>
        </>
      ),
    },
    { key: "owner", label: t("keys.owner"), cell: (one: Key) => (one.workspaceOwned ? t("keys.of_workspace") : <span translate="no">{one.memberName ?? ""}</span>) },
    { key: "scopes", label: t("keys.scopes"), cell: (one: Key) => <Scopes of={one.scopes} /> },
    { key: "used", label: t("keys.used"), cell: (one: Key) => (one.usedAt === null ? t("never") : <Ago at={one.usedAt} />) },
    { key: "expires", label: t("keys.expires"), cell: (one: Key) => (one.expiresAt === null ? t("never") : <Instant at={one.expiresAt} />) },
    {
      key: "menu",
      label: t("actions"),
      isNumber: true,
      cell: (one: Key) => (
        <RowMenu label={t("actions_of", { name: one.name })} items={[{ label: t("keys.revoke"), icon: IconTrash, isDangerous: true, onSelect: () => setRevoked(one) }]} />
      ),
    },
  ];
  return (
    <Panel title={t("keys.title")} aside={add}>
      <Listing query={keys} page={page} onPage={setPage} empty={<EmptyState title={t("keys.none")}>{t("keys.none_why")}</EmptyState>}>
        {(rows) => <Table caption={t("keys.title")} rows={rows} keyOf={(one) => one.id} columns={columns} />}
      </Listing>
      {isAdding && (
        <KeyForm
          onClose={() => setAdding(false)}
          onMade={(key) => {
            setAdding(false);
            setMade(key);
          }}
        />
      )}
      {made !== null && <ShownOnce title={t("keys.made")} secret={made} onClose={() => setMade(null)} />}
      {revoked !== null && (
        <Confirm
          title={t("keys.revoke")}
          name={revoked.name}
          why={t("keys.revoke_why")}
          submit={t("keys.revoke")}
          asked={revoke}
          onSubmit={() => revoke.mutate(revoked)}
          onClose={() => setRevoked(null)}
        />
      )}
    </Panel>
  );
}

function Scopes({ of }: { of: readonly string[] }) {
  const { t } = useTranslation(["admin", "common"]);
  return (
    <details>
      <summary>
        <Badge>{t("keys.scope_count", { count: of.length })}</Badge>
      </summary>
      <Text size="xs" translate="no">
        {of.join(", ")}
      </Text>
    </details>
  );
}

function KeyForm({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const [name, setName] = useState("");
  const [life, setLife] = useState<(typeof LIVES)[number]>("90");
  const [reach, setReach] = useState<"all" | "some">("all");
  const [scopes, setScopes] = useState<string[]>([]);
  const [workspaceOwned, setWorkspaceOwned] = useState(false);
  const add = useChange({
    act: () =>
      addKey(workspace, {
        name,
        workspaceOwned,
        ...(reach === "some" ? { scopes } : {}),
        ...(life === "never" ? {} : { expiresAt: new Date(Date.now() + Number(life) * DAY_MILLISECONDS).toISOString() }),
      }),
    touches: ["keys"],
    onDone: ({ key }) => onMade(key),
  });
  return (
    <FormDialog title={t("keys.add")} submit={t("keys.add")} asked={add} onSubmit={() => add.mutate()} onClose={onClose} isWide>
      <TextField label={t("keys.name")} isRequired lengthMax={200} value={name} onChange={setName} description={t("keys.name_why")} error={problemAt(add.error, "name")} />
      <Select
        label={t("keys.life")}
        value={life}
        choices={LIVES.map((value) => ({ value, label: value === "never" ? t("keys.endless") : t("keys.days", { count: Number(value) }) }))}
        onChange={(value) => setLife(value ?? "90")}
      />
      {me.may("keys:admin") && <Switch label={t("keys.workspace_owned")} value={workspaceOwned} onChange={setWorkspaceOwned} description={t("keys.workspace_owned_why")} />}
      <Stack gap={2}>
        <Segmented
          label={t("keys.reach")}
          value={reach}
          choices={[
            { value: "all", label: t("keys.reach_all") },
            { value: "some", label: t("keys.reach_some") },
          ]}
          onChange={setReach}
        />
        {reach === "some" && <ScopeMatrix caption={t("keys.scopes")} scopes={scopes} onChange={setScopes} />}
      </Stack>
    </FormDialog>
  );
}
