import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { IMPORT_MAX, importMembers, type NewMember } from "@/api/members";
import { useWorkspace } from "@/api/session";
import { Code, Notice, Table, Text, TextArea } from "@/ui";
import { membersOf } from "./csv";
import { FormDialog, Words } from "./parts";
import classes from "./admin.module.css";

const SHOWN = 20;
const EXAMPLE = "email,name,role,actor roles,supervisor,labels";

/** Members from a table: shown as they are understood, before any is made. */
export function MemberImport({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [text, setText] = useState("");
  const members = text.trim() === "" ? [] : membersOf(text);
  const bring = useChange({
    act: (found: NewMember[]) => importMembers(workspace, found),
    touches: ["members"],
    said: ({ created, existing }) => t("members.imported", { created, existing }),
    onDone: onClose,
  });
  const isTooMany = (members?.length ?? 0) > IMPORT_MAX;
  return (
    <FormDialog
      title={t("members.import")}
      submit={t("members.import_do", { count: members?.length ?? 0 })}
      asked={bring}
      onSubmit={() => {
        if (members !== null && members.length > 0 && !isTooMany) bring.mutate(members);
      }}
      onClose={onClose}
      isWide
    >
      <Text size="sm">{t("members.import_why")}</Text>
      <Code>{EXAMPLE}</Code>
      <label>
        <Text size="sm" isStrong isInline>
          {t("members.file")}
        </Text>{" "}
        <input type="file" accept=".csv,text/csv" className={classes["file"]} onChange={(event) => void event.currentTarget.files?.[0]?.text().then(setText)} />
      </label>
      <TextArea label={t("members.table")} value={text} onChange={setText} rows={4} />
      {members === null && <Notice tone="warn">{t("members.no_email")}</Notice>}
      {isTooMany && <Notice tone="warn">{t("members.too_many", { count: IMPORT_MAX })}</Notice>}
      {members !== null && members.length > 0 && <Understood members={members} />}
    </FormDialog>
  );
}

function Understood({ members }: { members: NewMember[] }) {
  const { t } = useTranslation(["admin", "common"]);
  const shown = members.slice(0, SHOWN).map((member, row) => ({ ...member, row }));
  return (
    <>
      <Table
        caption={t("members.understood")}
        rows={shown}
        keyOf={(one) => one.row}
        columns={[
          { key: "email", label: t("members.email"), cell: (one) => <span translate="no">{one.email}</span> },
          { key: "name", label: t("members.name"), cell: (one) => <span translate="no">{one.name ?? ""}</span> },
          { key: "role", label: t("members.role"), cell: (one) => <span translate="no">{one.role ?? ""}</span> },
          { key: "actorRoles", label: t("members.actor_roles"), cell: (one) => <Words of={one.actorRoles ?? []} /> },
        ]}
      />
      {members.length > SHOWN && <Text tone="muted" size="sm">{t("members.more", { count: members.length - SHOWN })}</Text>}
    </>
  );
}
