import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { addRole, changeRole, removeRole, rolesQuery, type Role } from "@/api/members";
import { useMe, useWorkspace } from "@/api/session";
import { Button, ErrorState, IconPlus, Panel, Refused, Row, Segmented, Stack, Text, TextField, Waiting } from "@/ui";
import { Confirm, FormDialog, problemAt } from "./parts";
import { ScopeMatrix } from "./ScopeMatrix";

/** They come with every workspace; the server keeps them as they are. */
const BUILT_IN = new Set(["Manager", "User"]);

/** What the members of each role may do. */
export function Roles() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const roles = useQuery(rolesQuery(workspace));
  const [chosen, setChosen] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const role = roles.data?.find((one) => String(one.id) === chosen) ?? roles.data?.[0];
  const mayChange = me.may("members:admin");
  return (
    <Panel
      title={t("roles.title")}
      aside={
        mayChange && (
          <Button emphasis="primary" icon={IconPlus} onClick={() => setAdding(true)}>
            {t("roles.add")}
          </Button>
        )
      }
    >
      {roles.isPending && <Waiting lines={8} />}
      {roles.isError && <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />}
      {role !== undefined && (
        <>
          <Text tone="muted" size="sm">
            {t("roles.lead")}
          </Text>
          <div translate="no">
            <Segmented
              label={t("roles.title")}
              value={String(role.id)}
              choices={(roles.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
              onChange={setChosen}
            />
          </div>
          <RolePanel key={`${role.id} ${role.scopes.join()}`} role={role} mayChange={mayChange} />
        </>
      )}
      {isAdding && (
        <RoleForm
          onClose={() => setAdding(false)}
          onMade={(made) => {
            setAdding(false);
            setChosen(String(made.id));
          }}
        />
      )}
    </Panel>
  );
}

function RolePanel({ role, mayChange }: { role: Role; mayChange: boolean }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [scopes, setScopes] = useState<readonly string[]>(role.scopes);
  const [isRemoving, setRemoving] = useState(false);
  const keep = useChange({
    act: () => changeRole(workspace, role.id, { scopes: [...scopes] }),
    touches: ["roles", "session"],
    said: () => t("saved", { name: role.name }),
  });
  const remove = useChange({
    act: () => removeRole(workspace, role.id),
    touches: ["roles"],
    said: () => t("removed", { name: role.name }),
    onDone: () => setRemoving(false),
  });
  const isFixed = !mayChange || BUILT_IN.has(role.name);
  return (
    <Stack gap={3}>
      <ScopeMatrix caption={t("roles.may", { name: role.name })} scopes={scopes} onChange={isFixed ? undefined : setScopes} />
      <Refused error={keep.error} />
      {mayChange && BUILT_IN.has(role.name) && (
        <Text tone="muted" size="sm">
          {t("roles.built_in")}
        </Text>
      )}
      {!isFixed && (
        <Row isSpread>
          <Button onClick={() => setRemoving(true)}>{t("roles.remove")}</Button>
          <Button emphasis="primary" isBusy={keep.isPending} disabled={scopes === role.scopes} onClick={() => keep.mutate()}>
            {t("common:save")}
          </Button>
        </Row>
      )}
      {isRemoving && (
        <Confirm
          title={t("roles.remove")}
          name={role.name}
          why={t("roles.remove_why")}
          submit={t("remove")}
          asked={remove}
          onSubmit={() => remove.mutate()}
          onClose={() => setRemoving(false)}
        />
      )}
    </Stack>
  );
}

function RoleForm({ onClose, onMade }: { onClose: () => void; onMade: (role: Role) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const add = useChange({ act: () => addRole(workspace, name, scopes), touches: ["roles"], said: () => t("saved", { name }), onDone: onMade });
  return (
    <FormDialog title={t("roles.add")} submit={t("roles.add")} asked={add} onSubmit={() => add.mutate()} onClose={onClose} isWide>
      <TextField label={t("roles.name")} isRequired lengthMax={100} value={name} onChange={setName} error={problemAt(add.error, "name")} />
      <ScopeMatrix caption={t("roles.scopes")} scopes={scopes} onChange={setScopes} />
    </FormDialog>
  );
}
