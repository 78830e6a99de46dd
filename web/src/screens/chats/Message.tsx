import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Chat, Message } from "@/api/chats";
import { useWorkspace } from "@/api/session";
import { Ago, Avatar, Badge, ButtonLink, Code, IconArrowRight, IconTool, Text } from "@/ui";
import type { ToolCall } from "./answer";
import { Markdown } from "./Markdown";
import classes from "./chats.module.css";

/** One message, by whom it is. */
export function Bubble({ role, name, at, children }: { role: Message["role"]; name: string; at?: string | null; children: ReactNode }) {
  const { t } = useTranslation(["chats", "common"]);
  return (
    <article className={classes["bubble"]} data-role={role}>
      <header className={classes["by"]}>
        <Avatar name={name || "?"} />
        {name === "" ? <strong>{t(`role.${role}`)}</strong> : <strong translate="no">{name}</strong>}
        {typeof at === "string" && <Ago at={at} />}
      </header>
      {children}
    </article>
  );
}

/** What is wanted of a tool, as it was asked. */
function asText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value ?? {}, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

/** An agent's call of a tool; where it waits for a person, the way to where it is accepted, edited or refused. */
export function CallCard({ call, chat }: { call: ToolCall; chat: Chat }) {
  const { t } = useTranslation(["chats", "common"]);
  const isOpen = call.result === undefined;
  return (
    <section className={classes["call"]} aria-label={t("call.label", { name: call.name })}>
      <header className={classes["callHeader"]}>
        <IconTool size={16} aria-hidden />
        <Code>{call.name}</Code>
        <Badge tone={isOpen ? "info" : "ok"}>{t(isOpen ? "call.open" : "call.done")}</Badge>
      </header>
      <Code isBlock label={t("call.arguments")}>
        {asText(call.arguments)}
      </Code>
      {call.result !== undefined && (
        <details>
          <summary>{t("call.result")}</summary>
          <Code isBlock label={t("call.result")}>
            {asText(call.result)}
          </Code>
        </details>
      )}
      {isOpen && chat.assignmentId !== null && <Decision assignment={chat.assignmentId} />}
    </section>
  );
}

/** Its case has the form in which what waits for a person is accepted, edited or refused. */
function Decision({ assignment }: { assignment: number }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  return (
    <div className={classes["decision"]}>
      <Text size="sm">{t("call.waits")}</Text>
      <ButtonLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(assignment) }} icon={IconArrowRight} emphasis="primary">
        {t("call.decide")}
      </ButtonLink>
    </div>
  );
}

/** The calls that a kept message made, with the results that later messages gave. */
export function callsOf(message: Message, all: readonly Message[]): ToolCall[] {
  return (message.toolCalls ?? []).map((raw) => {
    const call = raw as { id?: string; function?: { name?: string; arguments?: unknown } };
    const result = all.find((one) => one.role === "tool" && one.toolCallId === call.id)?.content;
    return { id: call.id ?? "", name: call.function?.name ?? "", arguments: call.function?.arguments, ...(result === undefined ? {} : { result }) };
  });
}

export function Said({ message, all, chat }: { message: Message; all: readonly Message[]; chat: Chat }) {
  return (
    <Bubble role={message.role} name={message.name ?? (message.role === "user" ? chat.memberName : "")} at={message.createdAt}>
      {message.content !== "" && <Markdown>{message.content}</Markdown>}
      {callsOf(message, all).map((call) => (
        <CallCard key={call.id} call={call} chat={chat} />
      ))}
    </Bubble>
  );
}
