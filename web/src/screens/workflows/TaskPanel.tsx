import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useMe, useWorkspace } from "@/api/session";
import { casesOnTaskQuery, chatsOnTaskQuery, type Span, type Workflow } from "@/api/workflows";
import type { Graph } from "@/graph/graph";
import { useFormat } from "@/i18n/format";
import { Ago, ErrorState, Fact, Facts, Heading, IconButton, IconX, Panel, Text, TextLink, Waiting } from "@/ui";
import { Ways } from "./TaskTable";
import { ageOf } from "./faces";
import { isWithin, type Load } from "./load";
import classes from "./map.module.css";

interface Props {
  workflow: Workflow;
  load: Load;
  graph: Graph;
  span: Span;
  now: number;
  onClose: () => void;
}

/** Everything about a task: its figures, the ways on, and the cases and chats that stand on it. */
export function TaskPanel({ workflow, load, graph, span, now, onClose }: Props) {
  const { t } = useTranslation(["workflows", "common"]);
  const format = useFormat();
  const task = graph.tasks.find((one) => one.key === load.key);
  const names = new Map(graph.tasks.map((one) => [one.key, one.name]));
  return (
    <Panel
      aria-label={t("panel.label")}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
      }}
    >
      <header className={classes["panelHead"]}>
        <Heading level={2}>
          <span translate="no">{load.name}</span>
        </Heading>
        <IconButton icon={IconX} label={t("common:close")} onClick={onClose} />
      </header>
      <Facts>
        <Fact label={t("kind_label")}>{t(`kind.${load.kind}`)}</Fact>
        <Fact label={t("measure.count")}>
          <span translate="no">{format.number(load.count)}</span>
        </Fact>
        <Fact label={t("measure.age")}>
          <span translate="no">{ageOf(load, now, format) ?? "–"}</span>
        </Fact>
        <Fact label={t("people")}>
          <span translate="no">{format.number(load.people)}</span>
        </Fact>
        {load.usualWait !== null && (
          <Fact label={t("panel.usual_wait")}>
            <span translate="no">{format.duration(load.usualWait)}</span>
          </Fact>
        )}
        {load.worked !== null && (
          <Fact label={t("measure.work")}>
            <span translate="no">{format.duration(load.worked)}</span>
          </Fact>
        )}
        {load.cost !== null && load.cost > 0 && (
          <Fact label={t("measure.cost")}>
            <span translate="no">{format.money(load.cost)}</span>
          </Fact>
        )}
      </Facts>
      {task !== undefined && (
        <>
          <Heading level={3}>{t("ways")}</Heading>
          <Ways task={task} ways={graph.ways.filter((way) => way.from === task.key)} names={names} />
        </>
      )}
      <CasesThere task={load} span={span} />
      <ChatsThere workflow={workflow} task={load} span={span} />
    </Panel>
  );
}

function CasesThere({ task, span }: { task: Load; span: Span }) {
  const { t } = useTranslation("workflows");
  const workspace = useWorkspace();
  const me = useMe();
  const found = useQuery(casesOnTaskQuery(workspace, task.id));
  const items = found.data?.items.filter((one) => isWithin(one.createdAt, span)) ?? [];
  return (
    <>
      <Heading level={3}>{t(me.may("assignments:read") ? "panel.cases" : "panel.own_cases")}</Heading>
      {found.isPending && <Waiting lines={3} />}
      {found.isError && found.data === undefined && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && items.length === 0 && <Text tone="muted">{t("panel.no_cases")}</Text>}
      <ul className={classes["there"]}>
        {items.map((one) => (
          <li key={one.id}>
            <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(one.id) }} translate="no">
              {one.title}
            </TextLink>
            <Text size="xs" tone="muted" isInline>
              <Ago at={one.createdAt} /> {one.memberName !== null && <span translate="no">· {one.memberName}</span>}
            </Text>
          </li>
        ))}
      </ul>
      {found.data !== undefined && found.data.total > found.data.items.length && (
        <Text size="xs" tone="muted">
          {t("panel.first", { shown: found.data.items.length, total: found.data.total })}
        </Text>
      )}
    </>
  );
}

function ChatsThere({ workflow, task, span }: { workflow: Workflow; task: Load; span: Span }) {
  const { t } = useTranslation("workflows");
  const workspace = useWorkspace();
  const found = useQuery(chatsOnTaskQuery(workspace, workflow.id, task.id, span));
  if (found.data === undefined || found.data.total === 0) return null;
  return (
    <>
      <Heading level={3}>{t("panel.chats")}</Heading>
      <ul className={classes["there"]}>
        {found.data.items.map((one) => (
          <li key={one.chatId}>
            <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(one.assignmentId) }} translate="no">
              {one.title}
            </TextLink>
            <Text size="xs" tone="muted" isInline>
              {t("panel.messages", { count: one.messageCount })} {one.lastMessageAt !== null && <Ago at={one.lastMessageAt} />}
            </Text>
          </li>
        ))}
      </ul>
    </>
  );
}
