import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { useWorkspace } from "@/api/session";
import { addSchedule, changeSchedule, removeSchedule, runNow, schedulesQuery, type Schedule } from "@/api/starts";
import { allWorkflowsQuery } from "@/api/workflows";
import { Ago, Badge, Button, Code, EmptyState, IconPlayerPause, IconPlayerPlay, IconPlus, IconTrash, Panel, Select, Table, Text, TextArea, TextField, toast } from "@/ui";
import { objectOf } from "./json";
import { Confirm, FormDialog, Listing, PAGE_SIZE, problemAt, RowMenu } from "./parts";

/** What starts cases at set times. */
export function Schedules() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [page, setPage] = useState(1);
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Schedule | null>(null);
  const schedules = useQuery(schedulesQuery(workspace, page, PAGE_SIZE));
  const remove = useChange({
    act: (schedule: Schedule) => removeSchedule(workspace, schedule.id),
    touches: ["schedules"],
    said: (_, schedule) => t("removed", { name: schedule.name }),
    onDone: () => setRemoved(null),
  });
  return (
    <Panel
      title={t("schedules.title")}
      aside={
        <Button emphasis="primary" icon={IconPlus} onClick={() => setAdding(true)}>
          {t("schedules.add")}
        </Button>
      }
    >
      <Listing query={schedules} page={page} onPage={setPage} empty={<EmptyState title={t("schedules.none")}>{t("schedules.none_why")}</EmptyState>}>
        {(rows) => <ScheduleTable rows={rows} onRemove={setRemoved} />}
      </Listing>
      {isAdding && <ScheduleForm onClose={() => setAdding(false)} />}
      {removed !== null && (
        <Confirm
          title={t("schedules.remove")}
          name={removed.name}
          why={t("schedules.remove_why")}
          submit={t("remove")}
          asked={remove}
          onSubmit={() => remove.mutate(removed)}
          onClose={() => setRemoved(null)}
        />
      )}
    </Panel>
  );
}

function ScheduleTable({ rows, onRemove }: { rows: Schedule[]; onRemove: (schedule: Schedule) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const run = useChange({
    act: (schedule: Schedule) => runNow(workspace, schedule.id),
    touches: ["schedules", "cases"],
    onDone: ({ runId }) =>
      toast({
        message: t("schedules.started", { number: String(runId) }),
        undo: { label: t("schedules.open"), onUndo: () => void navigate({ to: "/w/$workspace/cases/$case", params: { workspace, case: String(runId) } }) },
      }),
  });
  const toggle = useChange({
    act: (schedule: Schedule) => changeSchedule(workspace, schedule.id, { enabled: !schedule.enabled }),
    touches: ["schedules"],
    said: (schedule) => t("saved", { name: schedule.name }),
  });
  const menuOf = (schedule: Schedule) => [
    { label: t("schedules.run"), icon: IconPlayerPlay, onSelect: () => run.mutate(schedule) },
    { label: t(schedule.enabled ? "disable" : "enable"), icon: IconPlayerPause, onSelect: () => toggle.mutate(schedule) },
    { label: t("remove"), icon: IconTrash, isDangerous: true, onSelect: () => onRemove(schedule) },
  ];
  const columns = [
    {
      key: "name",
      label: t("schedules.name"),
      cell: (one: Schedule) => (
        <>
          <Text size="sm" isStrong translate="no">
            {one.name}
          </Text>
          <Text size="xs" tone="muted" translate="no">
            {one.workflowName}
          </Text>
        </>
      ),
    },
    {
      key: "cron",
      label: t("schedules.cron"),
      cell: (one: Schedule) => (
        <>
          <Code>{one.cron}</Code>
          <Text size="xs" tone="muted" translate="no">
            {one.timeZone}
          </Text>
        </>
      ),
    },
    { key: "next", label: t("schedules.next"), cell: (one: Schedule) => (one.nextAt === null ? t("never") : <Ago at={one.nextAt} />) },
    { key: "last", label: t("schedules.last"), cell: (one: Schedule) => (one.lastAt === null ? t("never") : <Ago at={one.lastAt} />) },
    { key: "state", label: t("state"), cell: (one: Schedule) => <StateOf schedule={one} /> },
    { key: "menu", label: t("actions"), isNumber: true, cell: (one: Schedule) => <RowMenu label={t("actions_of", { name: one.name })} items={menuOf(one)} /> },
  ];
  return <Table caption={t("schedules.title")} rows={rows} keyOf={(one) => one.id} columns={columns} />;
}

function StateOf({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation(["admin", "common"]);
  if (!schedule.enabled) return <Badge>{t("webhooks.state.disabled")}</Badge>;
  if (schedule.failures === 0) return <Badge tone="ok">{t("schedules.on")}</Badge>;
  return (
    <>
      <Badge tone="bad">{t("schedules.failing")}</Badge>
      <Text size="xs" translate="no">
        {schedule.lastError}
      </Text>
    </>
  );
}

function ScheduleForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const workflows = useQuery(allWorkflowsQuery(workspace));
  const [workflow, setWorkflow] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [cron, setCron] = useState("0 9 * * 1-5");
  const [timeZone, setTimeZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [input, setInput] = useState("{}");
  const data = objectOf(input);
  const add = useChange({
    act: () => addSchedule(workspace, { workflowId: Number(workflow), name, cron, timeZone, input: data ?? {} }),
    touches: ["schedules"],
    said: () => t("saved", { name }),
    onDone: onClose,
  });
  const send = () => {
    if (workflow !== null && data !== null) add.mutate();
  };
  return (
    <FormDialog title={t("schedules.add")} submit={t("schedules.add")} asked={add} onSubmit={send} onClose={onClose}>
      <Select label={t("workflow")} areNames isRequired value={workflow} choices={(workflows.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))} onChange={setWorkflow} />
      <TextField label={t("schedules.name")} isRequired lengthMax={200} value={name} onChange={setName} error={problemAt(add.error, "name")} />
      <TextField label={t("schedules.cron")} isRequired lengthMax={200} value={cron} onChange={setCron} description={t("schedules.cron_why")} error={problemAt(add.error, "cron")} />
      <TextField label={t("schedules.zone")} isRequired lengthMax={100} value={timeZone} onChange={setTimeZone} error={problemAt(add.error, "timeZone")} />
      <TextArea label={t("schedules.input")} value={input} onChange={setInput} error={data === null ? t("no_object") : undefined} />
    </FormDialog>
  );
}
