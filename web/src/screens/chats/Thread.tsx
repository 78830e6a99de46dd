import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { chatQuery, chatRunsQuery, pauseChat, type Chat } from "@/api/chats";
import { useMe, useWorkspace } from "@/api/session";
import { Badge, Button, ErrorState, IconHandStop, IconPlayerPlay, Notice, Row, Text, TextLink, Waiting } from "@/ui";
import { asCall } from "./answer";
import { CallCard } from "./CallCard";
import { Composer } from "./Composer";
import { Markdown } from "./Markdown";
import { Bubble, Said } from "./Message";
import { Runs } from "./Runs";
import { useSaid } from "./useSaid";
import { useTalk, type Talk } from "./useTalk";
import classes from "./chats.module.css";

/** A chat: what was said, what is being said, and the runs behind it. */
export function Thread() {
  const workspace = useWorkspace();
  const { chat: id } = useParams({ from: "/w/$workspace/chats/$chat" });
  const chat = useQuery(chatQuery(workspace, Number(id)));
  if (chat.data === undefined) return chat.isError ? <ErrorState error={chat.error} onRetry={() => void chat.refetch()} /> : <Waiting lines={8} />;
  return <Conversation key={chat.data.id} chat={chat.data} />;
}

function Conversation({ chat }: { chat: Chat }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const runs = useQuery(chatRunsQuery(workspace, chat.uuid));
  const talk = useTalk(workspace, chat);
  const mayWrite = chat.memberId === me.memberId || me.may("chats:write");
  return (
    <section className={classes["thread"]} aria-label={t("thread")}>
      <header className={classes["threadHeader"]}>
        <div>
          <h2 className={classes["title"]} {...(chat.title === "" ? {} : { translate: "no" as const })}>
            {chat.title || t("untitled")}
          </h2>
          <Row gap={2}>
            <Text size="sm" tone="muted" translate="no" isInline>
              {chat.memberName}
            </Text>
            {chat.paused && <Badge tone="info">{t("taken")}</Badge>}
            {chat.assignmentId !== null && (
              <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(chat.assignmentId) }}>
                {t("case", { number: String(chat.assignmentId) })}
              </TextLink>
            )}
          </Row>
        </div>
        {mayWrite && <TakeOver chat={chat} />}
      </header>
      <Messages chat={chat} talk={talk} />
      {(runs.data ?? []).length > 0 && <Runs runs={runs.data ?? []} />}
      {mayWrite && <Composer chat={chat} talk={talk} isRunning={(runs.data ?? []).some((run) => run.status === "running" || run.status === "pending")} />}
    </section>
  );
}

/** Agents and programs are silent while a person has the chat. */
function TakeOver({ chat }: { chat: Chat }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const toggle = useChange({
    act: () => pauseChat(workspace, chat.id, !chat.paused),
    touches: ["chats"],
    said: (now) => t(now.paused ? "taken_over" : "handed_back"),
  });
  return (
    <Button icon={chat.paused ? IconPlayerPlay : IconHandStop} isBusy={toggle.isPending} onClick={() => toggle.mutate()}>
      {t(chat.paused ? "hand_back" : "take_over")}
    </Button>
  );
}

function Messages({ chat, talk }: { chat: Chat; talk: Talk }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const { messages: all, questions, isPending, error, retry, older, isLoadingOlder, showOlder } = useSaid(workspace, chat);
  const end = useRef<HTMLDivElement>(null);
  const kept = new Set(all.map((one) => one.id));
  const keptCalls = new Set(all.flatMap((one) => (one.toolCalls ?? []).map((call) => (call as { id?: string }).id)));
  const asked = new Map(questions.map((one) => [one.callId, one]));
  const calls = talk.answer.calls.filter((call) => !keptCalls.has(call.id));
  const untold = questions.filter((one) => one.status === "current" && !keptCalls.has(one.callId) && !calls.some((call) => call.id === one.callId));
  const said = talk.answer.said.filter((one) => !kept.has(one.id));
  const newest = `${all.at(-1)?.id} ${said.reduce((sum, one) => sum + one.text.length, 0)}`;
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" }); // what it gives is no clean-up: newer browsers give a promise
  }, [newest]);
  const isSaid = !isPending && error === null;
  const isKept = talk.pending !== null && all.some((one) => one.role === "user" && one.content === talk.pending);
  return (
    <div className={classes["messages"]} role="log" aria-label={t("messages")} tabIndex={0}>
      {isPending && <Waiting lines={6} />}
      {error !== null && all.length === 0 && <ErrorState error={error} onRetry={retry} />}
      {isSaid && all.length === 0 && talk.pending === null && <Text tone="muted">{t("nothing_said")}</Text>}
      {older > 0 && (
        <Row>
          <Text size="sm" tone="muted" isInline>
            {t("older", { count: older })}
          </Text>
          <Button isBusy={isLoadingOlder} onClick={showOlder}>
            {t("show_older")}
          </Button>
        </Row>
      )}
      {all.map((message) => message.role !== "tool" && <Said key={message.id} message={message} all={all} chat={chat} questions={asked} />)}
      {talk.pending !== null && !isKept && (
        <Bubble role="user" name={me.name}>
          <Markdown>{talk.pending}</Markdown>
        </Bubble>
      )}
      {said.map((one) => (
        <Bubble key={one.id} role="assistant" name={one.name}>
          <Markdown>{one.text}</Markdown>
        </Bubble>
      ))}
      {calls.map((call) => (
        <CallCard key={call.id} call={call} question={asked.get(call.id)} />
      ))}
      {isSaid &&
        untold.toReversed().map((one) => <CallCard key={one.callId} call={asCall(one)} question={one} />)}
      {talk.isTalking && (
        <p className={classes["listening"]} role="status">
          {t("listening")}
        </p>
      )}
      {talk.answer.failure !== null && (
        <Notice tone="warn">
          <span translate="no">{talk.answer.failure}</span>
        </Notice>
      )}
      <div ref={end} />
    </div>
  );
}
