import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addSecret, changeSecret, removeSecret, secretsQuery, type Secret } from "@/api/access";
import { useChange } from "@/api/change";
import { useMe, useWorkspace } from "@/api/session";
import { Ago, Button, Code, EmptyState, IconPencil, IconPlus, IconTrash, Panel, Table, Text, TextField } from "@/ui";
import { Confirm, FormDialog, Listing, PAGE_SIZE, problemAt, RowMenu } from "./parts";

type Open = { what: "add" } | { what: "change" | "remove"; secret: Secret } | null;

/** What automation must know and nobody needs to see: names alone. */
export function Secrets() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const mayWrite = useMe().may("secrets:write");
  const [page, setPage] = useState(1);
  const [open, setOpen] = useState<Open>(null);
  const secrets = useQuery(secretsQuery(workspace, page, PAGE_SIZE));
  const remove = useChange({
    act: (secret: Secret) => removeSecret(workspace, secret.id),
    touches: ["secrets"],
    said: (_, secret) => t("removed", { name: secret.name }),
    onDone: () => setOpen(null),
  });
  const columns = [
    { key: "name", label: t("secrets.name"), cell: (one: Secret) => <Code>{one.name}</Code> },
    { key: "updated", label: t("secrets.updated"), cell: (one: Secret) => <Ago at={one.updatedAt} /> },
    { key: "used", label: t("keys.used"), cell: (one: Secret) => (one.lastUsedAt === null ? t("never") : <Ago at={one.lastUsedAt} />) },
    ...(mayWrite
      ? [
          {
            key: "menu",
            label: t("actions"),
            isNumber: true,
            cell: (secret: Secret) => (
              <RowMenu
                label={t("actions_of", { name: secret.name })}
                items={[
                  { label: t("secrets.change"), icon: IconPencil, onSelect: () => setOpen({ what: "change", secret }) },
                  { label: t("remove"), icon: IconTrash, isDangerous: true, onSelect: () => setOpen({ what: "remove", secret }) },
                ]}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <Panel
      title={t("secrets.title")}
      aside={
        mayWrite && (
          <Button emphasis="primary" icon={IconPlus} onClick={() => setOpen({ what: "add" })}>
            {t("secrets.add")}
          </Button>
        )
      }
    >
      <Text tone="muted" size="sm">
        {t("secrets.lead")}
      </Text>
      <Listing query={secrets} page={page} onPage={setPage} empty={<EmptyState title={t("secrets.none")}>{t("secrets.none_why")}</EmptyState>}>
        {(rows) => <Table caption={t("secrets.title")} rows={rows} keyOf={(one) => one.id} columns={columns} />}
      </Listing>
      {open?.what === "add" && <SecretForm onClose={() => setOpen(null)} />}
      {open?.what === "change" && <SecretForm secret={open.secret} onClose={() => setOpen(null)} />}
      {open?.what === "remove" && (
        <Confirm
          title={t("secrets.remove")}
          name={open.secret.name}
          why={t("secrets.remove_why")}
          submit={t("remove")}
          asked={remove}
          onSubmit={() => remove.mutate(open.secret)}
          onClose={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}

function SecretForm({ secret, onClose }: { secret?: Secret; onClose: () => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [name, setName] = useState(secret?.name ?? "");
  const [value, setValue] = useState("");
  const keep = useChange({
    act: () => (secret === undefined ? addSecret(workspace, name, value) : changeSecret(workspace, secret.id, value)),
    touches: ["secrets"],
    said: () => t("saved", { name }),
    onDone: onClose,
  });
  const title = t(secret === undefined ? "secrets.add" : "secrets.change");
  return (
    <FormDialog title={title} submit={title} asked={keep} onSubmit={() => keep.mutate()} onClose={onClose}>
      <TextField label={t("secrets.name")} isRequired isDisabled={secret !== undefined} value={name} onChange={setName} lengthMax={100} description={t("secrets.name_why")} error={problemAt(keep.error, "name")} />
      <TextField label={t("secrets.value")} kind="password" autoComplete="off" isRequired value={value} onChange={setValue} description={t("secrets.value_why")} error={problemAt(keep.error, "value")} />
    </FormDialog>
  );
}
