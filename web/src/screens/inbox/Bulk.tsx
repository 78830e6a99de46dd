import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { colleaguesQuery, moveActivity, useActivityChange, type Entry, type Move } from "@/api/activities";
import { useMe, useWorkspace } from "@/api/session";
import { Button, Dialog, IconButton, IconX, Notice, Row, Select, Stack, Text, toast } from "@/ui";
import classes from "./inbox.module.css";
import { unlessRegretted } from "./regret";

type Action = "assign" | "reassign" | "cancel";

const AT_ONCE = 4;
const SHOWN_MAX = 8;

/** To which of the marked an action can be done at all. */
function eligible(action: Action, entries: readonly Entry[]): Entry[] {
  return entries.filter(({ activity }) => {
    const isFree = activity.attributes.status === "pending";
    if (action === "assign") return isFree;
    return action === "cancel" || !isFree;
  });
}

interface Step {
  id: string;
  move: Move;
}

/** Carries out moves, a few at once; gives those that were refused. */
async function carryOut(steps: readonly Step[]): Promise<{ refused: number }> {
  const waiting = [...steps];
  let refused = 0;
  const work = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      await moveActivity(step.id, step.move).catch(() => (refused += 1));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { refused };
}

/** How the opposite is done; a cancellation has none, so it waits until nobody regrets it. */
function undoing(action: Action, entries: readonly Entry[]): Step[] {
  return entries.map(({ activity }) => ({
    id: activity.id,
    move: action === "assign" ? { kind: "unassign" } : { kind: "reassign", accountId: activity.attributes.assigned_account_id ?? 0 },
  }));
}

/** What can be done with all that is marked. */
export function BulkBar({ entries, onDone }: { entries: readonly Entry[]; onDone: () => void }) {
  const { t } = useTranslation("inbox");
  const me = useMe();
  const [action, setAction] = useState<Action | null>(null);
  const maySupervise = me.isSupervisor || me.may("activities:write");
  return (
    <div className={classes["bulk"]} role="toolbar" aria-label={t("bulk.label")}>
      <span role="status">{t("bulk.marked", { count: entries.length })}</span>
      <Button onClick={() => setAction("assign")}>{t("bulk.assign")}</Button>
      <Button onClick={() => setAction("reassign")}>{t("bulk.reassign")}</Button>
      {maySupervise && <Button onClick={() => setAction("cancel")}>{t("bulk.cancel")}</Button>}
      <IconButton icon={IconX} label={t("bulk.none")} onClick={onDone} />
      {action && <Preview action={action} entries={entries} onClose={() => setAction(null)} onDone={onDone} />}
    </div>
  );
}

function Preview({ action, entries, onClose, onDone }: { action: Action; entries: readonly Entry[]; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation(["inbox", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const project = entries[0]?.projectId ?? "";
  const colleagues = useQuery(colleaguesQuery(workspace, project));
  const [accountId, setAccountId] = useState<string | null>(action === "assign" ? String(me.accountId) : null);
  const act = useActivityChange(carryOut);
  const chosen = eligible(action, entries);
  const isReady = chosen.length > 0 && (action === "cancel" || accountId !== null);
  const tell = (count: number, undo: () => void) => toast({ message: t(`bulk.done.${action}`, { count }), undo: { label: t("common:undo"), onUndo: undo } });
  const run = () => {
    onClose();
    onDone();
    if (action === "cancel") {
      const steps: Step[] = chosen.map(({ activity }) => ({ id: activity.id, move: { kind: "cancel" } }));
      tell(chosen.length, unlessRegretted(() => void act.mutateAsync(steps)));
      return;
    }
    const steps: Step[] = chosen.map(({ activity }) => ({ id: activity.id, move: { kind: action, accountId: Number(accountId) } }));
    // The promise, not a callback: the dialog is gone by then, and callbacks go with it.
    void act.mutateAsync(steps).then(({ refused }) => {
      tell(steps.length - refused, () => void act.mutateAsync(undoing(action, chosen)));
      if (refused > 0) toast({ message: t("bulk.refused", { count: refused }), tone: "bad" });
    });
  };
  return (
    <Dialog title={t(`bulk.${action}`)} isOpen onClose={onClose}>
      <Stack gap={3}>
        {chosen.length < entries.length && <Notice tone="warn">{t("bulk.left_out", { count: entries.length - chosen.length })}</Notice>}
        <ul className={classes["preview"]} translate="no">
          {chosen.slice(0, SHOWN_MAX).map(({ activity, workUnit }) => (
            <li key={activity.id}>
              {workUnit?.name} <Text isInline size="xs" tone="muted">{activity.attributes.name}</Text>
            </li>
          ))}
        </ul>
        {chosen.length > SHOWN_MAX && <Text tone="muted">{t("bulk.more", { count: chosen.length - SHOWN_MAX })}</Text>}
        {action !== "cancel" && (
          <Select
            label={t("bulk.to")} areNames
            value={accountId}
            choices={(colleagues.data ?? []).map((one) => ({ value: String(one.accountId), label: one.name }))}
            onChange={setAccountId}
          />
        )}
        <Row>
          <Button emphasis={action === "cancel" ? "danger" : "primary"} disabled={!isReady} onClick={run}>
            {t(`bulk.do.${action}`, { count: chosen.length })}
          </Button>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
