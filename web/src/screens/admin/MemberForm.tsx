import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { addMember, changeMember, rolesQuery, type Member } from "@/api/members";
import { useMe, useWorkspace } from "@/api/session";
import { Select, Switch, TextField } from "@/ui";
import { FormDialog, listOf, problemAt } from "./parts";

const USER = "User";
const NEWCOMER = { email: "", name: "", role: USER, actorRoles: [], labels: [], isSupervisor: false };

/** Somebody new, or what is known of a member. */
export function MemberForm({ member, onClose }: { member?: Member; onClose: () => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const roles = useQuery({ ...rolesQuery(workspace), enabled: me.may("members:read") });
  const before = member ?? NEWCOMER;
  const [email, setEmail] = useState(before.email);
  const [name, setName] = useState(before.name);
  const [role, setRole] = useState(before.role);
  const [actorRoles, setActorRoles] = useState(before.actorRoles.join(", "));
  const [labels, setLabels] = useState(before.labels.join(", "));
  const [isSupervisor, setSupervisor] = useState(before.isSupervisor);
  const keep = useChange({
    act: () => {
      const known = { role, isSupervisor, actorRoles: listOf(actorRoles), labels: listOf(labels), ...(name === "" ? {} : { name }) };
      return member === undefined ? addMember(workspace, { ...known, email }) : changeMember(workspace, member.id, known);
    },
    touches: ["members", "session"],
    said: () => t("saved", { name: name || email }),
    onDone: onClose,
  });
  const names = [...new Set([role, ...(roles.data ?? []).map((one) => one.name)])];
  return (
    <FormDialog
      title={t(member === undefined ? "members.add" : "members.edit")}
      submit={t(member === undefined ? "members.add" : "common:save")}
      asked={keep}
      onSubmit={() => keep.mutate()}
      onClose={onClose}
    >
      {member === undefined && (
        <TextField label={t("members.email")} kind="email" isRequired value={email} onChange={setEmail} description={t("members.email_why")} error={problemAt(keep.error, "email")} />
      )}
      <TextField label={t("members.name")} value={name} onChange={setName} lengthMax={200} error={problemAt(keep.error, "name")} />
      <Select label={t("members.role")} areNames value={role} choices={names.map((value) => ({ value, label: value }))} onChange={(value) => setRole(value ?? USER)} description={t("members.role_why")} />
      <TextField label={t("members.actor_roles")} value={actorRoles} onChange={setActorRoles} description={t("members.actor_roles_why")} error={problemAt(keep.error, "actorRoles")} />
      <TextField label={t("members.labels")} value={labels} onChange={setLabels} description={t("members.labels_why")} error={problemAt(keep.error, "labels")} />
      <Switch label={t("members.supervisor")} value={isSupervisor} onChange={setSupervisor} description={t("members.supervisor_why")} />
    </FormDialog>
  );
}
