import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { useWorkspace } from "@/api/session";
import { addHook, callsQuery, changeHook, hooksQuery, removeHook, rotateHook, type Hook } from "@/api/starts";
import { allWorkflowsQuery } from "@/api/workflows";
import { Ago, Badge, Button, Code, Drawer, EmptyState, ErrorState, IconPlayerPause, IconPlus, IconRefresh, IconSearch, IconTrash, Panel, Select, Table, Text, TextField, TextLink, Waiting } from "@/ui";
import { Confirm, FormDialog, Listing, PAGE_SIZE, problemAt, RowMenu, ShownOnce } from "./parts";

const KINDS = ["bearer", "hmac_sha256", "standard_webhooks"] as const;
type Asked = { what: "rotate" | "remove" | "calls"; hook: Hook } | null;

/** Addresses here that others call to start a case. */
export function Hooks() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [page, setPage] = useState(1);
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked>(null);
  const hooks = useQuery(hooksQuery(workspace, page, PAGE_SIZE));
  const show = (made: { secret: string }) => {
    setAdding(false);
    setAsked(null);
    setSecret(made.secret);
  };
  const close = () => setAsked(null);
  return (
    <Panel
      title={t("hooks.title")}
      aside={
        <Button emphasis="primary" icon={IconPlus} onClick={() => setAdding(true)}>
          {t("hooks.add")}
        </Button>
      }
    >
      <Listing query={hooks} page={page} onPage={setPage} empty={<EmptyState title={t("hooks.none")}>{t("hooks.none_why")}</EmptyState>}>
        {(rows) => <HookTable rows={rows} onAsk={setAsked} />}
      </Listing>
      {isAdding && <HookForm onClose={() => setAdding(false)} onMade={show} />}
      {secret !== null && <ShownOnce title={t("hooks.secret")} secret={secret} onClose={() => setSecret(null)} />}
      {(asked?.what === "rotate" || asked?.what === "remove") && <Question what={asked.what} hook={asked.hook} onClose={close} onRotated={show} />}
      <Drawer title={t("hooks.calls")} isOpen={asked?.what === "calls"} onClose={close}>
        {asked?.what === "calls" && <Calls hook={asked.hook} />}
      </Drawer>
    </Panel>
  );
}

function HookTable({ rows, onAsk }: { rows: Hook[]; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const toggle = useChange({
    act: (hook: Hook) => changeHook(workspace, hook.id, { enabled: !hook.enabled }),
    touches: ["hooks"],
    said: (hook) => t("saved", { name: hook.name }),
  });
  const menuOf = (hook: Hook) => [
    { label: t("hooks.calls"), icon: IconSearch, onSelect: () => onAsk({ what: "calls", hook }) },
    { label: t(hook.enabled ? "disable" : "enable"), icon: IconPlayerPause, onSelect: () => toggle.mutate(hook) },
    { label: t("hooks.rotate"), icon: IconRefresh, onSelect: () => onAsk({ what: "rotate", hook }) },
    { label: t("remove"), icon: IconTrash, isDangerous: true, onSelect: () => onAsk({ what: "remove", hook }) },
  ];
  const columns = [
    {
      key: "name",
      label: t("hooks.name"),
      cell: (one: Hook) => (
        <>
          <Text size="sm" isStrong translate="no">
            {one.name}
          </Text>
          <Text size="xs" tone="muted" translate="no">
            {one.workflowName}
          </Text>
        </>
      ),
    },
    { key: "path", label: t("hooks.path"), cell: (one: Hook) => <Code>{`${window.location.origin}${one.path}`}</Code> },
    { key: "kind", label: t("hooks.kind"), cell: (one: Hook) => t(`hooks.kinds.${one.kind}`) },
    { key: "state", label: t("state"), cell: (one: Hook) => <Badge tone={one.enabled ? "ok" : "quiet"}>{t(one.enabled ? "schedules.on" : "webhooks.state.disabled")}</Badge> },
    { key: "menu", label: t("actions"), isNumber: true, cell: (one: Hook) => <RowMenu label={t("actions_of", { name: one.name })} items={menuOf(one)} /> },
  ];
  return <Table caption={t("hooks.title")} rows={rows} keyOf={(one) => one.id} columns={columns} />;
}

function Calls({ hook }: { hook: Hook }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const calls = useQuery(callsQuery(workspace, hook.id));
  if (calls.data === undefined) return calls.isError ? <ErrorState error={calls.error} onRetry={() => void calls.refetch()} /> : <Waiting />;
  if (calls.data.length === 0) return <EmptyState title={t("hooks.no_calls")} />;
  return (
    <Table
      caption={t("hooks.calls")}
      rows={calls.data}
      keyOf={(one) => one.id}
      columns={[
        { key: "at", label: t("audit.at"), cell: (one) => (one.at === null ? "" : <Ago at={one.at} />) },
        { key: "status", label: t("deliveries.answer"), cell: (one) => <span translate="no">{`${one.status} ${one.error ?? ""}`}</span> },
        {
          key: "run",
          label: t("audit.case"),
          isNumber: true,
          cell: (one) =>
            one.runId !== null && (
              <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(one.runId) }} translate="no">
                {one.runId}
              </TextLink>
            ),
        },
      ]}
    />
  );
}

function Question({ what, hook, onClose, onRotated }: { what: "rotate" | "remove"; hook: Hook; onClose: () => void; onRotated: (made: { secret: string }) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const rotate = useChange({ act: () => rotateHook(workspace, hook.id), touches: ["hooks"], onDone: onRotated });
  const remove = useChange({ act: () => removeHook(workspace, hook.id), touches: ["hooks"], said: () => t("removed", { name: hook.name }), onDone: onClose });
  const does = what === "rotate" ? rotate : remove;
  return (
    <Confirm title={t(`hooks.${what}`)} name={hook.name} why={t(`hooks.${what}_why`)} submit={t(`hooks.${what}`)} asked={does} onSubmit={() => does.mutate()} onClose={onClose} />
  );
}

function HookForm({ onClose, onMade }: { onClose: () => void; onMade: (made: { secret: string }) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const workflows = useQuery(allWorkflowsQuery(workspace));
  const [workflow, setWorkflow] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("bearer");
  const add = useChange({ act: () => addHook(workspace, { workflowId: Number(workflow), name, kind }), touches: ["hooks"], onDone: onMade });
  const send = () => {
    if (workflow !== null) add.mutate();
  };
  return (
    <FormDialog title={t("hooks.add")} submit={t("hooks.add")} asked={add} onSubmit={send} onClose={onClose}>
      <Select label={t("workflow")} areNames isRequired value={workflow} choices={(workflows.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))} onChange={setWorkflow} />
      <TextField label={t("hooks.name")} isRequired lengthMax={200} value={name} onChange={setName} error={problemAt(add.error, "name")} />
      <Select label={t("hooks.kind")} value={kind} choices={KINDS.map((value) => ({ value, label: t(`hooks.kinds.${value}`) }))} onChange={(value) => setKind(value ?? "bearer")} />
    </FormDialog>
  );
}
