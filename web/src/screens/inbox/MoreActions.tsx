import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { colleaguesQuery, type Entry, type Move } from "@/api/activities";
import { useMe, useWorkspace } from "@/api/session";
import { Button, Dialog, IconArrowBackUp, IconButton, IconDots, IconHandStop, IconTrash, IconUserPlus, Menu, Row, Select, Stack, Text, TextArea, type MenuItem } from "@/ui";

type Asking = "hand_over" | "error" | "cancel";

const HELD = new Set(["assigned", "in-progress", "paused"]);
const LIVE = new Set([...HELD, "pending"]);

/** What is done less often, and asked about first. */
export function MoreActions({ entry, onMove }: { entry: Entry; onMove: (move: Move) => void }) {
  const { t } = useTranslation("inbox");
  const me = useMe();
  const [asking, setAsking] = useState<Asking | null>(null);
  const { status, assigned_account_id: holder } = entry.activity.attributes;
  const supervises = me.isSupervisor || me.may("activities:write");
  const mayHandle = holder === me.accountId || supervises;
  const isHeld = HELD.has(status);
  const items: MenuItem[] = [
    ...(isHeld && mayHandle
      ? [
          { label: t("move.hand_over"), icon: IconUserPlus, onSelect: () => setAsking("hand_over") },
          { label: t("move.put_back"), icon: IconArrowBackUp, onSelect: () => onMove({ kind: "unassign" }) },
        ]
      : []),
    ...((isHeld && mayHandle) || (LIVE.has(status) && supervises)
      ? [{ label: t("move.error"), icon: IconHandStop, onSelect: () => setAsking("error"), isDangerous: true }]
      : []),
    ...(LIVE.has(status) && supervises ? [{ label: t("move.cancel"), icon: IconTrash, onSelect: () => setAsking("cancel"), isDangerous: true }] : []),
  ];
  if (items.length === 0) return null;
  const close = () => setAsking(null);
  const act = (move: Move) => {
    close();
    onMove(move);
  };
  return (
    <>
      <Menu target={<IconButton icon={IconDots} label={t("move.more")} />} groups={[{ items }]} />
      {asking === "hand_over" && <HandOver entry={entry} onClose={close} onMove={act} />}
      {asking === "error" && <SayError onClose={close} onMove={act} />}
      {asking === "cancel" && <SureToCancel onClose={close} onMove={act} />}
    </>
  );
}

interface AskingProps {
  onClose: () => void;
  onMove: (move: Move) => void;
}

function HandOver({ entry, onClose, onMove }: AskingProps & { entry: Entry }) {
  const { t } = useTranslation(["inbox", "common"]);
  const colleagues = useQuery(colleaguesQuery(useWorkspace(), entry.projectId));
  const [accountId, setAccountId] = useState<string | null>(null);
  const roles = entry.activity.attributes.actor_roles;
  const able = (colleagues.data ?? []).filter(
    (one) => one.accountId !== entry.activity.attributes.assigned_account_id && (roles.length === 0 || one.actorRoles.some((role) => roles.includes(role))),
  );
  return (
    <Dialog title={t("move.hand_over")} isOpen onClose={onClose}>
      <Stack gap={3}>
        <Select areNames label={t("bulk.to")} value={accountId} choices={able.map((one) => ({ value: String(one.accountId), label: one.name }))} onChange={setAccountId} />
        <Row>
          <Button emphasis="primary" disabled={accountId === null} onClick={() => onMove({ kind: "reassign", accountId: Number(accountId) })}>
            {t("move.hand_over_do")}
          </Button>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </Dialog>
  );
}

function SayError({ onClose, onMove }: AskingProps) {
  const { t } = useTranslation(["inbox", "common"]);
  const [comment, setComment] = useState("");
  return (
    <Dialog title={t("move.error")} isOpen onClose={onClose}>
      <Stack gap={3}>
        <Text tone="muted">{t("move.error_why")}</Text>
        <TextArea label={t("move.comment")} isRequired value={comment} onChange={setComment} lengthMax={2000} />
        <Row>
          <Button emphasis="danger" disabled={comment.trim() === ""} onClick={() => onMove({ kind: "error", comment })}>
            {t("move.error_do")}
          </Button>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </Dialog>
  );
}

function SureToCancel({ onClose, onMove }: AskingProps) {
  const { t } = useTranslation(["inbox", "common"]);
  return (
    <Dialog title={t("move.cancel")} isOpen onClose={onClose}>
      <Stack gap={3}>
        <Text>{t("move.cancel_why")}</Text>
        <Row>
          <Button emphasis="danger" onClick={() => onMove({ kind: "cancel" })}>
            {t("move.cancel_do")}
          </Button>
          <Button onClick={onClose}>{t("move.keep")}</Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
