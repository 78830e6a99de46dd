import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { MIGRATIONS_PAGE, migrationsQuery, undo, type Migration } from "@/api/migrations";
import { useWorkspace } from "@/api/session";
import { useFormat } from "@/i18n/format";
import { Button, Dialog, ErrorState, Instant, Notice, Pager, Panel, Progress, Refused, Row, Stack, Table, Text, Waiting } from "@/ui";
import { Reasons } from "./Reasons";
import { standingOf } from "./standing";
import { useStretches } from "./stretches";

/** What moved cases of a workflow to other versions, newest first, with the way back where there is one. */
export function Migrations({ workflow }: { workflow: number }) {
  const { t } = useTranslation("moving");
  const { number } = useFormat();
  const workspace = useWorkspace();
  const [page, setPage] = useState(1);
  const [undoing, setUndoing] = useState<Migration | null>(null);
  const found = useQuery(migrationsQuery(workspace, workflow, page));
  const columns = [
    { key: "when", label: t("past.when"), cell: (one: Migration) => one.createdAt !== null && <Instant at={one.createdAt} /> },
    { key: "who", label: t("past.who"), cell: (one: Migration) => <span translate="no">{one.memberName ?? "–"}</span> },
    { key: "from", label: t("past.from"), isNumber: true, cell: (one: Migration) => <span translate="no">{one.fromVersions.map(number).join(", ")}</span> },
    { key: "to", label: t("past.to"), isNumber: true, cell: (one: Migration) => <span translate="no">{number(one.version)}</span> },
    { key: "moved", label: t("past.moved"), isNumber: true, cell: (one: Migration) => <span translate="no">{number(one.moved)}</span> },
    { key: "undone", label: t("past.undone"), isNumber: true, cell: (one: Migration) => <span translate="no">{number(one.undone)}</span> },
    { key: "undo", label: t("past.back"), cell: (one: Migration) => <Standing of={one} onUndo={() => setUndoing(one)} /> },
  ];
  return (
    <Panel title={t("past.title")}>
      {found.isPending && <Waiting lines={3} />}
      {found.isError && found.data === undefined && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.total === 0 && <Text tone="muted">{t("past.none")}</Text>}
      {found.data !== undefined && found.data.total > 0 && <Table caption={t("past.title")} rows={found.data.items} keyOf={(one) => one.id} columns={columns} />}
      {found.data !== undefined && found.data.total > MIGRATIONS_PAGE && <Pager page={page} size={MIGRATIONS_PAGE} total={found.data.total} onPage={setPage} />}
      {undoing !== null && <Undo workflow={workflow} of={undoing} onClose={() => setUndoing(null)} />}
    </Panel>
  );
}

/** Whether it can be undone, or what prevents it. */
function Standing({ of: one, onUndo }: { of: Migration; onUndo: () => void }) {
  const { t } = useTranslation(["moving", "common"]);
  const standing = standingOf(one);
  if (standing !== "undoable") return <Text size="sm" tone="muted">{t(`past.${standing}_why`)}</Text>;
  return (
    <Button onClick={onUndo} aria-label={t("past.undo", { id: one.id })}>
      {t("common:undo")}
    </Button>
  );
}

function Undo({ workflow, of: one, onClose }: { workflow: number; of: Migration; onClose: () => void }) {
  const { t } = useTranslation(["moving", "common"]);
  const workspace = useWorkspace();
  const undoing = useStretches((_, onSeen) => undo(workspace, workflow, one.id, onSeen));
  const { done } = undoing;
  return (
    <Dialog title={t("past.undo", { id: one.id })} isOpen onClose={onClose} isWide>
      <Stack gap={4}>
        <div role="status">
          {done === null ? (
            <Notice tone="info">
              {t("past.will", { count: one.unchanged })} {one.moved > one.unchanged && t("past.will_not", { count: one.moved - one.unchanged })}
            </Notice>
          ) : (
            <Notice tone="ok">
              {t("undone", { count: done.moved })} {done.stayed > 0 && t("stayed", { count: done.stayed })}
            </Notice>
          )}
        </div>
        <Reasons reasons={done?.reasons ?? []} />
        <Refused error={undoing.error} />
        {undoing.isPending && <Progress label={t("undoing")} value={undoing.seen?.lookedAt ?? 0} max={one.moved} />}
        <Row>
          {done === null && (
            <Button emphasis="primary" isBusy={undoing.isPending} onClick={() => undoing.begin()}>
              {t("common:undo")}
            </Button>
          )}
          <Button onClick={onClose}>{t("common:close")}</Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
