import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useRef, useState, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { activityQuery, moveActivity, useActivityChange, type Entry, type Move } from "@/api/activities";
import { ApiError } from "@/api/errors";
import { useMe, useWorkspace } from "@/api/session";
import { definitionQuery } from "@/api/workflows";
import { toneOf } from "@/api/words";
import { Approval } from "@/asking/Approval";
import { callOf } from "@/asking/asking";
import { declareShortcuts, useKeys, useShortcut } from "@/app/shortcuts";
import { byPointer, beginWith, missing, type Schema } from "@/forms/schema";
import { focusFirst, SchemaForm } from "@/forms/SchemaForm";
import { Badge, Button, Clock, ErrorState, Heading, IconCheck, IconPlayerPause, IconPlayerPlay, Notice, Text, toast, Values, Waiting } from "@/ui";
import { Context } from "./Context";
import { DueBadge } from "./DueBadge";
import { useDraft, type Draft, type DraftState } from "./draft";
import { MoreActions } from "./MoreActions";
import classes from "./entry.module.css";

declareShortcuts([
  { id: "entry.work", keys: "s", label: "inbox:keys.work" },
  { id: "entry.complete", keys: "mod+enter", label: "inbox:keys.complete" },
]);

interface Task {
  key: string;
  name?: string | null;
  prompt?: string;
  form?: Schema | boolean | null;
}

/** The form that the activity is completed with: of what an agent asks, or else the task's. */
function formOf(form: unknown): Schema {
  return typeof form === "object" && form !== null ? form : {};
}

const HELD = new Set(["assigned", "in-progress", "paused"]);

/** One piece of work: its form, and beside it the case. */
export function EntryPane() {
  const { activity } = useParams({ from: "/w/$workspace/inbox/$activity" });
  const workspace = useWorkspace();
  const entry = useQuery(activityQuery(workspace, activity));
  const version = entry.data?.workUnit?.version ?? 0;
  const definition = useQuery({
    ...definitionQuery(workspace, Number(entry.data?.projectId), version),
    enabled: entry.data !== undefined && version > 0,
  });
  if (entry.data === undefined) return entry.isError ? <ErrorState error={entry.error} onRetry={() => void entry.refetch()} /> : <Waiting lines={8} />;
  if (definition.isPending) return <Waiting lines={8} />;
  const tasks = (definition.data?.tasks ?? []) as readonly Task[];
  const task = tasks.find((one) => (one.name ?? "") === entry.data.activity.attributes.name) ?? tasks.find((one) => one.key === entry.data.activity.attributes.name);
  return <Work key={activity} entry={entry.data} at={entry.data.at} task={task} tasks={tasks} />;
}

function Work({ entry, at, task, tasks }: { entry: Entry; at: number; task: Task | undefined; tasks: readonly Task[] }) {
  const { t } = useTranslation(["inbox", "asking", "common"]);
  const me = useMe();
  const { attributes } = entry.activity;
  const isMine = attributes.assigned_account_id === me.accountId;
  const isHeld = HELD.has(attributes.status);
  const ask = attributes.ask ?? null;
  const call = callOf(ask);
  const prompt = (ask ?? task)?.prompt;
  const schema = useMemo(() => formOf(ask === null ? task?.form : ask.form), [ask, task]);
  const draft = useDraft(entry.activity.id, beginWith(schema, attributes.data), attributes.data, isMine && isHeld);
  const form = useRef<HTMLFormElement>(null);
  const work = useWork(entry, schema, draft, (known) => focusFirst(form.current, known));
  const isWorking = attributes.status === "in-progress";
  const workKeys = useKeys("entry.work");
  const toggle = () => work.move(isWorking ? { kind: "pause" } : attributes.status === "pending" ? { kind: "assign", accountId: me.accountId, startWorking: true } : { kind: "process" });
  const mayToggle = (isMine && isHeld) || attributes.status === "pending";
  useShortcut("entry.work", toggle, mayToggle);
  useShortcut("entry.complete", () => void work.complete(), isMine && isHeld && call === null);
  return (
    <article className={classes["entry"]} aria-labelledby="entry-title">
      <div className={classes["main"]}>
        <header className={classes["header"]}>
          <div className={classes["titles"]}>
            <Text size="sm" tone="muted" translate="no">
              {entry.projectName} · {entry.workUnit?.name}
            </Text>
            <div className={classes["titleLine"]}>
              <Heading level={1} id="entry-title">
                <span translate="no">{attributes.name}</span>
              </Heading>
              <Badge tone={toneOf(attributes.status)}>{t(`common:status.activity.${attributes.status}`)}</Badge>
              <DueBadge of={entry.activity} />
              <Text isInline size="sm" tone="muted">
                {t("worked")} <Clock seconds={attributes.working_seconds} runningSince={isWorking ? at : undefined} />
              </Text>
            </div>
          </div>
          <div className={classes["actions"]}>
            {mayToggle && (
              <Button icon={isWorking ? IconPlayerPause : IconPlayerPlay} keys={workKeys} isBusy={work.isPending} onClick={toggle}>
                {t(isWorking ? "move.pause" : attributes.status === "pending" ? "move.take" : attributes.status === "paused" ? "move.resume" : "move.start")}
              </Button>
            )}
            <MoreActions entry={entry} onMove={work.move} />
          </div>
        </header>
        {prompt && (
          <p className={classes["prompt"]} translate="no">
            {prompt.trim()}
          </p>
        )}
        {work.refusal !== null && (
          <div role="alert">
            <Notice tone="bad">
              <span translate="no">{work.refusal}</span>
            </Notice>
          </div>
        )}
        {ask !== null && call !== null ? (
          <section className={classes["form"]} aria-label={t("asking:call", { name: call.tool })}>
            {call.arguments !== null && <Values of={call.arguments} />}
            <Approval activity={entry.activity} ask={ask} call={call} onDecided={work.leave} />
          </section>
        ) : (
          <Fields entry={entry} schema={schema} draft={draft} work={work} ref={form} isEditable={isMine && isHeld} />
        )}
      </div>
      <Context entry={entry} tasks={tasks} here={task?.key} />
    </article>
  );
}

interface FieldsProps {
  entry: Entry;
  schema: Schema;
  draft: Draft;
  work: ReturnType<typeof useWork>;
  ref: Ref<HTMLFormElement>;
  isEditable: boolean;
}

/** The form of the activity, and its end; only whoever has it fills it in. */
function Fields({ entry, schema, draft, work, ref, isEditable }: FieldsProps) {
  const { t } = useTranslation("inbox");
  const completeKeys = useKeys("entry.complete");
  const { status } = entry.activity.attributes;
  return (
    <form
      ref={ref}
      className={classes["form"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void work.complete();
      }}
    >
      {Object.keys(schema.properties ?? {}).length === 0 && <Text tone="muted">{t("no_form")}</Text>}
      <SchemaForm schema={schema} values={draft.values} onChange={draft.change} problems={work.problems} isDisabled={!isEditable} />
      {isEditable ? (
        <footer className={classes["footer"]}>
          <Button type="submit" emphasis="primary" icon={IconCheck} keys={completeKeys} isBusy={work.isPending}>
            {t("move.complete")}
          </Button>
          <DraftNote state={draft.state} />
        </footer>
      ) : (
        <Text size="sm" tone="muted">
          {t(HELD.has(status) ? "held_by_another" : status === "pending" ? "take_first" : "is_over")}
        </Text>
      )}
    </form>
  );
}

/** What is done with the activity, and what the server says to it. */
function useWork(entry: Entry, schema: Schema, draft: Draft, point: (problems: ReadonlyMap<string, string>) => void) {
  const { t } = useTranslation(["inbox", "common"]);
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const { id } = entry.activity;
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map());
  const [refusal, setRefusal] = useState<string | null>(null);
  const change = useActivityChange((move: Move) => moveActivity(id, move));
  const refuse = (error: unknown) => {
    const known = error instanceof ApiError ? byPointer(error.problems) : new Map<string, string>();
    setProblems(known);
    const isAtFields = known.size > 0 && [...known.keys()].every((pointer) => pointer !== "");
    setRefusal(isAtFields ? null : error instanceof Error && error.message !== "" ? error.message : t("common:error.unreachable"));
    point(known);
  };
  const leave = () => navigate({ to: "/w/$workspace/inbox", params: { workspace }, search: true });
  const complete = async () => {
    const empty = missing(schema, draft.values);
    if (empty.length > 0) {
      const told = new Map(empty.map((pointer) => [pointer, t("required")]));
      setProblems(told);
      point(told);
      return;
    }
    setProblems(new Map());
    setRefusal(null);
    try {
      await draft.flush();
      await change.mutateAsync({ kind: "complete", data: draft.values });
      toast({ message: t("completed", { name: entry.activity.attributes.name }) });
      await leave();
    } catch (error) {
      refuse(error);
    }
  };
  const move = (wish: Move) => change.mutate(wish, { onError: refuse, onSuccess: () => setRefusal(null) });
  return { move, complete, leave: () => void leave(), problems, refusal, isPending: change.isPending };
}

const TONES = { away: "warn", refused: "bad" } as const;

function DraftNote({ state }: { state: DraftState }) {
  const { t } = useTranslation("inbox");
  return (
    <Text isInline size="sm" tone={state === "away" || state === "refused" ? TONES[state] : "muted"} role="status">
      {state === "clean" ? "" : t(`draft.${state}`)}
    </Text>
  );
}

