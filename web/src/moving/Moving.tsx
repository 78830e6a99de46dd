import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { checkQuery, move, undo, type Wish } from "@/api/migrations";
import { unplaced, type Report } from "@/api/report";
import { useWorkspace } from "@/api/session";
import { definitionQuery } from "@/api/workflows";
import { Button, ErrorState, Notice, Progress, Refused, Row, Select, Stack, Text, Waiting } from "@/ui";
import { Reasons } from "./Reasons";
import { useStretches } from "./stretches";

interface Props {
  workflow: number;
  /** The version that the cases are to go on by. */
  to: number;
  /** Their ids; null for all that are open. */
  cases: readonly number[] | null;
  onClose: () => void;
}

/** Moves open cases to another version: first it tells which can, then it moves these, then it can be undone. */
export function Moving({ workflow, to, cases, onClose }: Props) {
  const { t } = useTranslation(["moving", "common"]);
  const workspace = useWorkspace();
  const [tasks, setTasks] = useState<Readonly<Record<string, string>>>({});
  const wish: Wish = { to, tasks, cases };
  const check = useQuery(checkQuery(workspace, workflow, wish));
  const moving = useStretches((begun, onSeen) => move(workspace, workflow, wish, begun, onSeen));
  const map = (next: Readonly<Record<string, string>>) => {
    moving.forget();
    setTasks(next);
  };
  if (moving.done !== null) return <Moved workflow={workflow} report={moving.done} onClose={onClose} />;
  if (check.isError) return <ErrorState error={check.error} onRetry={() => void check.refetch()} />;
  if (check.data === undefined) return <Waiting lines={3} />;
  const found = check.data;
  if (found.lookedAt === 0) return <Text>{t("none")}</Text>;
  return (
    <Stack gap={4}>
      <div role="status">
        <Notice tone={found.stayed > 0 ? "warn" : "info"}>
          {t("can", { count: found.moved })} {found.stayed > 0 && t("cannot", { count: found.stayed })}
        </Notice>
      </div>
      <TaskMap workflow={workflow} to={to} report={found} tasks={tasks} isDisabled={moving.isPending} onChange={map} />
      <Reasons reasons={found.reasons} />
      <Refused error={moving.error} />
      {moving.isPending && <Progress label={t("moving")} value={moving.seen?.lookedAt ?? 0} max={found.lookedAt} />}
      <Row>
        <Button emphasis="primary" disabled={found.moved === 0 || check.isPlaceholderData} isBusy={moving.isPending} onClick={() => moving.begin()}>
          {t("move", { count: found.moved })}
        </Button>
        <Button onClick={onClose}>{t("leave")}</Button>
      </Row>
    </Stack>
  );
}

function Moved({ workflow, report, onClose }: { workflow: number; report: Report; onClose: () => void }) {
  const { t } = useTranslation(["moving", "common"]);
  const workspace = useWorkspace();
  const id = report.migrationId;
  const undoing = useStretches((_, onSeen) => undo(workspace, workflow, id ?? 0, onSeen));
  const { done } = undoing;
  return (
    <Stack gap={4}>
      <div role="status">
        <Notice tone="ok">
          {done === null ? t("moved", { count: report.moved, version: report.version }) : t("undone", { count: done.moved })} {(done ?? report).stayed > 0 && t("stayed", { count: (done ?? report).stayed })}
        </Notice>
      </div>
      <Reasons reasons={(done ?? report).reasons} />
      <Refused error={undoing.error} />
      {undoing.isPending && <Progress label={t("undoing")} value={undoing.seen?.lookedAt ?? 0} max={report.moved} />}
      <Row>
        <Button emphasis="primary" onClick={onClose}>
          {t("common:close")}
        </Button>
        {done === null && id !== null && report.moved > 0 && (
          <Button isBusy={undoing.isPending} onClick={() => undoing.begin()}>
            {t("common:undo")}
          </Button>
        )}
      </Row>
    </Stack>
  );
}

interface MapProps {
  workflow: number;
  to: number;
  report: Report;
  tasks: Readonly<Record<string, string>>;
  isDisabled: boolean;
  onChange: (tasks: Readonly<Record<string, string>>) => void;
}

/** Where the cases go on that stand on a task which the version does not have. */
function TaskMap({ workflow, to, report, tasks, isDisabled, onChange }: MapProps) {
  const { t } = useTranslation("moving");
  const definition = useQuery(definitionQuery(useWorkspace(), workflow, to));
  const old = unplaced(report.reasons, tasks);
  if (old.length === 0) return null;
  const choices = (definition.data?.tasks ?? []).map(({ key, name }) => ({ value: key, label: name == null || name === "" ? key : name }));
  const change = (key: string, target: string | null) => {
    const others = Object.entries(tasks).filter(([one]) => one !== key);
    onChange(Object.fromEntries(target === null ? others : [...others, [key, target]]));
  };
  return (
    <Stack gap={2}>
      <Text tone="muted">{t("map_why")}</Text>
      {old.map((key) => (
        <Select
          key={key}
          areNames
          isClearable
          isDisabled={isDisabled}
          label={t("map", { task: key })}
          placeholder={t("map_choose")}
          value={tasks[key] ?? null}
          choices={choices}
          onChange={(target) => change(key, target)}
        />
      ))}
    </Stack>
  );
}
