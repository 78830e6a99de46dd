import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { useMe, useWorkspace } from "@/api/session";
import { addWebhook, changeWebhook, removeWebhook, rotateWebhook, testWebhook, webhooksQuery, type Webhook } from "@/api/webhooks";
import { allWorkflowsQuery } from "@/api/workflows";
import { Badge, Button, EmptyState, IconPlayerPause, IconPlayerPlay, IconPlus, IconRefresh, IconSend, IconTrash, Panel, Select, Table, Text, TextField, TextLink } from "@/ui";
import { Confirm, FormDialog, listOf, Listing, PAGE_SIZE, problemAt, RowMenu, ShownOnce, Words } from "./parts";

type Asked = { what: "rotate" | "remove"; webhook: Webhook } | null;

/** Addresses elsewhere that are told what happens here. */
export function Webhooks() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const mayWrite = useMe().may("webhooks:write");
  const [page, setPage] = useState(1);
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked>(null);
  const webhooks = useQuery(webhooksQuery(workspace, page, PAGE_SIZE));
  const add = mayWrite && (
    <Button emphasis="primary" icon={IconPlus} onClick={() => setAdding(true)}>
      {t("webhooks.add")}
    </Button>
  );
  const show = (made: { secret: string }) => {
    setAdding(false);
    setAsked(null);
    setSecret(made.secret);
  };
  return (
    <Panel title={t("webhooks.title")} aside={add}>
      <Text tone="muted" size="sm">
        {t("webhooks.lead")}
      </Text>
      <Listing query={webhooks} page={page} onPage={setPage} empty={<EmptyState title={t("webhooks.none")}>{t("webhooks.none_why")}</EmptyState>}>
        {(rows) => <WebhookTable rows={rows} onAsk={setAsked} />}
      </Listing>
      {isAdding && <WebhookForm onClose={() => setAdding(false)} onMade={show} />}
      {secret !== null && <ShownOnce title={t("webhooks.secret")} secret={secret} onClose={() => setSecret(null)} />}
      {asked !== null && <Question asked={asked} onClose={() => setAsked(null)} onRotated={show} />}
    </Panel>
  );
}

function WebhookTable({ rows, onAsk }: { rows: Webhook[]; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const mayWrite = useMe().may("webhooks:write");
  const test = useChange({
    act: (webhook: Webhook) => testWebhook(workspace, webhook.id),
    touches: ["deliveries"],
    said: () => t("webhooks.tested"),
    onDone: ({ webhookId }) => void navigate({ to: "/w/$workspace/admin/webhooks/$webhook", params: { workspace, webhook: String(webhookId) } }),
  });
  const toggle = useChange({
    act: (webhook: Webhook) => changeWebhook(workspace, webhook.id, { disabled: !webhook.disabled }),
    touches: ["webhooks"],
    said: (webhook) => t(webhook.disabled ? "webhooks.disabled" : "webhooks.enabled", { name: webhook.name || webhook.url }),
  });
  const menuOf = (webhook: Webhook) => [
    { label: t("webhooks.test"), icon: IconSend, onSelect: () => test.mutate(webhook) },
    { label: t(webhook.disabled ? "enable" : "disable"), icon: webhook.disabled ? IconPlayerPlay : IconPlayerPause, onSelect: () => toggle.mutate(webhook) },
    { label: t("webhooks.rotate"), icon: IconRefresh, onSelect: () => onAsk({ what: "rotate", webhook }) },
    { label: t("remove"), icon: IconTrash, isDangerous: true, onSelect: () => onAsk({ what: "remove", webhook }) },
  ];
  const columns = [
    {
      key: "name",
      label: t("webhooks.name"),
      cell: (one: Webhook) => (
        <>
          <TextLink to="/w/$workspace/admin/webhooks/$webhook" params={{ workspace, webhook: String(one.id) }} translate="no">
            {one.name || one.url}
          </TextLink>
          <Text size="xs" tone="muted" translate="no">
            {one.url}
          </Text>
        </>
      ),
    },
    { key: "events", label: t("webhooks.events"), cell: (one: Webhook) => (one.events.includes("*") ? t("webhooks.all") : <Words of={one.events} />) },
    { key: "state", label: t("state"), cell: (one: Webhook) => <WebhookState webhook={one} /> },
    ...(mayWrite ? [{ key: "menu", label: t("actions"), isNumber: true, cell: (one: Webhook) => <RowMenu label={t("actions_of", { name: one.name || one.url })} items={menuOf(one)} /> }] : []),
  ];
  return <Table caption={t("webhooks.title")} rows={rows} keyOf={(one) => one.id} columns={columns} />;
}

export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation(["admin", "common"]);
  if (webhook.disabled) return <Badge>{t("webhooks.state.disabled")}</Badge>;
  if (webhook.failingSince !== null) return <Badge tone="bad">{t("webhooks.state.failing")}</Badge>;
  return <Badge tone="ok">{t("webhooks.state.working")}</Badge>;
}

function Question({ asked, onClose, onRotated }: { asked: NonNullable<Asked>; onClose: () => void; onRotated: (made: { secret: string }) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const { webhook, what } = asked;
  const rotate = useChange({ act: () => rotateWebhook(workspace, webhook.id), touches: ["webhooks"], onDone: onRotated });
  const remove = useChange({
    act: () => removeWebhook(workspace, webhook.id),
    touches: ["webhooks"],
    said: () => t("removed", { name: webhook.name || webhook.url }),
    onDone: onClose,
  });
  const does = what === "rotate" ? rotate : remove;
  return (
    <Confirm
      title={t(`webhooks.${what}`)}
      name={webhook.name || webhook.url}
      why={t(`webhooks.${what}_why`)}
      submit={t(`webhooks.${what}`)}
      asked={does}
      onSubmit={() => does.mutate()}
      onClose={onClose}
    />
  );
}

function WebhookForm({ onClose, onMade }: { onClose: () => void; onMade: (made: { secret: string }) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const workflows = useQuery(allWorkflowsQuery(workspace));
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  const [events, setEvents] = useState("");
  const [workflow, setWorkflow] = useState<string | null>(null);
  const add = useChange({
    act: () => {
      const types = listOf(events);
      return addWebhook(workspace, { url, name, ...(types.length === 0 ? {} : { events: types }), ...(workflow === null ? {} : { workflowId: Number(workflow) }) });
    },
    touches: ["webhooks"],
    onDone: onMade,
  });
  return (
    <FormDialog title={t("webhooks.add")} submit={t("webhooks.add")} asked={add} onSubmit={() => add.mutate()} onClose={onClose}>
      <TextField label={t("webhooks.url")} kind="url" isRequired lengthMax={2000} value={url} onChange={setUrl} error={problemAt(add.error, "url")} />
      <TextField label={t("webhooks.name")} lengthMax={200} value={name} onChange={setName} error={problemAt(add.error, "name")} />
      <TextField label={t("webhooks.events")} value={events} onChange={setEvents} description={t("webhooks.events_why")} error={problemAt(add.error, "events")} />
      <Select
        label={t("workflow")}
        areNames
        isClearable
        value={workflow}
        placeholder={t("webhooks.every_workflow")}
        choices={(workflows.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
        onChange={setWorkflow}
      />
    </FormDialog>
  );
}
