import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { membersQuery, removeMember, type Member } from "@/api/members";
import { useMe, useWorkspace } from "@/api/session";
import { Avatar, Badge, Button, EmptyState, IconPencil, IconPlus, IconTrash, Panel, Row, Stack, Table, Text } from "@/ui";
import { Confirm, Listing, PAGE_SIZE, RowMenu, Words } from "./parts";
import { MemberForm } from "./MemberForm";
import { MemberImport } from "./MemberImport";

type Open = { what: "add" | "import" } | { what: "edit" | "remove"; member: Member } | null;

/** Who is in the workspace. */
export function Members() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const [page, setPage] = useState(1);
  const [open, setOpen] = useState<Open>(null);
  const members = useQuery(membersQuery(workspace, page, PAGE_SIZE));
  const mayWrite = me.may("members:write");
  const close = () => setOpen(null);
  const add = (
    <Button emphasis="primary" icon={IconPlus} onClick={() => setOpen({ what: "add" })}>
      {t("members.add")}
    </Button>
  );
  const aside = mayWrite && (
    <Row>
      <Button onClick={() => setOpen({ what: "import" })}>{t("members.import")}</Button>
      {add}
    </Row>
  );
  return (
    <Panel title={t("members.title")} aside={aside}>
      <Listing query={members} page={page} onPage={setPage} empty={<EmptyState title={t("members.none")} action={add} />}>
        {(rows) => <MemberTable rows={rows} onOpen={setOpen} />}
      </Listing>
      {open?.what === "add" && <MemberForm onClose={close} />}
      {open?.what === "edit" && <MemberForm member={open.member} onClose={close} />}
      {open?.what === "import" && <MemberImport onClose={close} />}
      {open?.what === "remove" && <RemoveMember member={open.member} onClose={close} />}
    </Panel>
  );
}

function MemberTable({ rows, onOpen }: { rows: Member[]; onOpen: (open: Open) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const me = useMe();
  const menuOf = (member: Member) => [
    { label: t("edit"), icon: IconPencil, onSelect: () => onOpen({ what: "edit", member }) },
    ...(me.may("members:admin") ? [{ label: t("remove"), icon: IconTrash, isDangerous: true, onSelect: () => onOpen({ what: "remove", member }) }] : []),
  ];
  const columns = [
    {
      key: "name",
      label: t("members.name"),
      cell: (one: Member) => (
        <Row isTight>
          <Avatar name={one.name || one.email} />
          <Stack gap={1}>
            <Text isStrong size="sm" translate="no">
              {one.name}
            </Text>
            <Text size="xs" tone="muted" translate="no">
              {one.email}
            </Text>
          </Stack>
        </Row>
      ),
    },
    {
      key: "role",
      label: t("members.role"),
      cell: (one: Member) => (
        <Row gap={1}>
          <span translate="no">{one.role}</span>
          {one.isSupervisor && <Badge tone="info">{t("members.supervisor")}</Badge>}
        </Row>
      ),
    },
    { key: "actorRoles", label: t("members.actor_roles"), cell: (one: Member) => <Words of={one.actorRoles} /> },
    { key: "labels", label: t("members.labels"), cell: (one: Member) => <Words of={one.labels} /> },
    ...(me.may("members:write")
      ? [{ key: "menu", label: t("actions"), isNumber: true, cell: (one: Member) => <RowMenu label={t("actions_of", { name: one.name || one.email })} items={menuOf(one)} /> }]
      : []),
  ];
  return <Table caption={t("members.title")} rows={rows} keyOf={(one) => one.id} columns={columns} />;
}

function RemoveMember({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const remove = useChange({
    act: () => removeMember(workspace, member.id),
    touches: ["members"],
    said: () => t("members.removed", { name: member.name || member.email }),
    onDone: onClose,
  });
  return (
    <Confirm
      title={t("members.remove")}
      name={`${member.name} (${member.email})`}
      why={t("members.remove_why")}
      submit={t("remove")}
      asked={remove}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
