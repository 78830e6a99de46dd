import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cancelCase, caseQuery, caseStepsQuery, eventsQuery, selectTask, taskDetailQuery, type Case, type CaseTask, type RelatedCase } from "@/api/cases";
import { useMe, useWorkspace } from "@/api/session";
import { toneOf } from "@/api/words";
import { Ago, Badge, Button, Clock, Code, Dialog, Fact, Facts, Instant, Page, Panel, Row, Segmented, Stack, Text, TextArea, TextLink, toast, Waiting } from "@/ui";
import { Broken, Lost } from "@/app/edges";
import { Bars } from "./Bars";
import { Events, VIEWS, type EventView } from "./Events";
import { Incidents } from "./Incidents";
import { MoveCase, RetryCase } from "./GoingOn";
import { Data, Steps } from "./Steps";
import classes from "./case.module.css";

/** One case: where it stands, how it came there, and what can be done with it. */
export function CasePage() {
  const { case: text } = useParams({ from: "/w/$workspace/cases/$case" });
  const workspace = useWorkspace();
  const id = Number(text);
  const found = useQuery({ ...caseQuery(workspace, id), enabled: Number.isSafeInteger(id) });
  if (!Number.isSafeInteger(id)) return <Lost />;
  if (found.data !== undefined) return <Shown of={found.data} />;
  return found.isError ? <Broken error={found.error} reset={() => void found.refetch()} /> : <Waiting lines={10} />;
}

function Shown({ of: one }: { of: Case }) {
  const { t } = useTranslation(["case", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const events = useQuery(eventsQuery(workspace, one.id));
  const steps = useInfiniteQuery(caseStepsQuery(workspace, one.id));
  const [view, setView] = useState<EventView>("compact");
  const isOpen = one.status === "pending" || one.status === "active";
  const mayChange = one.memberId === me.memberId || me.may("assignments:write");
  return (
    <Page
      title={<span translate="no">{one.title}</span>}
      lead={
        <>
          <span translate="no">{one.workflowName}</span> · {t("version", { number: one.workflowVersionNumber })}
        </>
      }
      actions={
        <>
          <Badge tone={toneOf(one.status)}>{t(`common:status.case.${one.status}`)}</Badge>
          {one.status === "failed" && mayChange && <RetryCase id={one.id} />}
          {isOpen && me.may("workflows:write") && <MoveCase of={one} />}
          {isOpen && mayChange && <CancelCase id={one.id} />}
        </>
      }
    >
      <div className={classes["columns"]}>
        <Stack gap={4}>
          <Incidents of={one} />
          <Panel title={t("where")}>
            <Bars of={one} events={events.data ?? []} />
          </Panel>
          <Panel
            title={t("happened")}
            aside={<Segmented label={t("view.label")} value={view} choices={VIEWS.map((value) => ({ value, label: t(`view.${value}`) }))} onChange={setView} />}
          >
            {events.isPending && <Waiting />}
            {events.data && <Events events={events.data} tasks={one.tasks} view={view} />}
          </Panel>
          {steps.isPending && <Waiting />}
          {steps.data !== undefined && (
            <Steps
              steps={steps.data.pages.flatMap((page) => page.items)}
              events={events.data ?? []}
              onMore={steps.hasNextPage ? () => void steps.fetchNextPage() : undefined}
            />
          )}
        </Stack>
        <Stack gap={4}>
          <About of={one} madeFor={steps.data?.pages[0]?.madeFor ?? null} />
          {isOpen && one.currentTaskId !== null && <WaysOn of={one} mayChange={mayChange} />}
          <Panel title={t("data")}>
            <Data value={one.input} none={t("no_input")} />
          </Panel>
          {one.output !== null && (
            <Panel title={t("output")}>
              <Data value={one.output} none={t("no_output")} />
            </Panel>
          )}
        </Stack>
      </div>
    </Page>
  );
}

function About({ of: one, madeFor }: { of: Case; madeFor: RelatedCase | null }) {
  const { t } = useTranslation("case");
  const workspace = useWorkspace();
  return (
    <Panel title={t("about")}>
      <Facts>
        <Fact label={t("at")}>
          <span translate="no">{one.currentTaskName ?? "–"}</span>
        </Fact>
        <Fact label={t("member")}>
          <span translate="no">{one.memberName ?? "–"}</span>
        </Fact>
        {madeFor !== null && (
          <Fact label={t("made_for")}>
            <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(madeFor.id) }} translate="no">
              {madeFor.title === "" ? madeFor.workflowName : madeFor.title}
            </TextLink>
          </Fact>
        )}
        <Fact label={t("created")}>
          <Instant at={one.createdAt} />
        </Fact>
        {one.dueAt !== null && (
          <Fact label={t("due")}>
            <Ago at={one.dueAt} />
          </Fact>
        )}
        <Fact label={t("working")}>
          <Clock seconds={one.workingSeconds} />
        </Fact>
        <Fact label={t("live")}>
          <Clock seconds={one.liveSeconds} />
        </Fact>
        <Fact label={t("pipeline")}>
          <Clock seconds={one.pipelineSeconds} />
        </Fact>
        {one.cancelReason !== null && (
          <Fact label={t("reason")}>
            <span translate="no">{one.cancelReason}</span>
          </Fact>
        )}
      </Facts>
    </Panel>
  );
}

/** Where the case can go from here, and what each way's condition says now. */
function WaysOn({ of: one, mayChange }: { of: Case; mayChange: boolean }) {
  const { t } = useTranslation("case");
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const detail = useQuery(taskDetailQuery(workspace, one.id));
  const select = useMutation({
    mutationFn: (task: CaseTask) => selectTask(workspace, one.id, task.id),
    onSuccess: (task) => toast({ message: t("ways.moved", { name: task.taskName }) }),
    onError: (error) => toast({ message: error.message, tone: "bad" }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["cases"] }),
  });
  const ways = detail.data?.nextTasks ?? [];
  return (
    <Panel title={t("ways.title")}>
      {detail.isSuccess && ways.length === 0 && <Text tone="muted">{t("ways.none")}</Text>}
      <ul className={classes["ways"]}>
        {ways.map((way, index) => {
          const task = one.tasks.find((each) => each.taskId === way.taskId);
          return (
            <li key={index}>
              <div className={classes["way"]}>
                <span translate="no">{way.taskName}</span>
                <Badge tone={way.allowed ? "ok" : "quiet"}>{t(way.allowed ? "ways.open" : "ways.closed")}</Badge>
              </div>
              {way.condition !== null && <Code>{way.condition}</Code>}
              <Text size="xs" tone="muted" translate="no">
                {way.reason}
              </Text>
              {mayChange && way.allowed && task !== undefined && (
                <Button isBusy={select.isPending} onClick={() => select.mutate(task)}>
                  {t("ways.move", { name: way.taskName })}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function CancelCase({ id }: { id: number }) {
  const { t } = useTranslation(["case", "common"]);
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const cancel = useMutation({
    mutationFn: () => cancelCase(workspace, id, reason),
    onSuccess: () => {
      setOpen(false);
      toast({ message: t("cancelled") });
      return queries.invalidateQueries({ queryKey: ["cases"] });
    },
    onError: (error) => toast({ message: error.message, tone: "bad" }),
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t("cancel")}</Button>
      <Dialog title={t("cancel")} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Stack gap={3}>
          <Text>{t("cancel_why")}</Text>
          <TextArea label={t("reason")} value={reason} onChange={setReason} lengthMax={2000} />
          <Row>
            <Button emphasis="danger" isBusy={cancel.isPending} onClick={() => cancel.mutate()}>
              {t("cancel")}
            </Button>
            <Button onClick={() => setOpen(false)}>{t("keep")}</Button>
          </Row>
        </Stack>
      </Dialog>
    </>
  );
}
