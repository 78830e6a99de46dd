import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Chat, Message, Question } from "@/api/chats";
import { Ago, Avatar } from "@/ui";
import type { ToolCall } from "./answer";
import { CallCard } from "./CallCard";
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

/** The calls that a kept message made, with the results that later messages gave. */
export function callsOf(message: Message, all: readonly Message[]): ToolCall[] {
  return (message.toolCalls ?? []).map((raw) => {
    const call = raw as { id?: string; function?: { name?: string; arguments?: unknown } };
    const result = all.find((one) => one.role === "tool" && one.toolCallId === call.id)?.content;
    return { id: call.id ?? "", name: call.function?.name ?? "", arguments: call.function?.arguments, ...(result === undefined ? {} : { result }) };
  });
}

interface SaidProps {
  message: Message;
  all: readonly Message[];
  chat: Chat;
  /** What is asked about calls, by the call's id. */
  questions: ReadonlyMap<string, Question>;
}

export function Said({ message, all, chat, questions }: SaidProps) {
  return (
    <Bubble role={message.role} name={message.name ?? (message.role === "user" ? chat.memberName : "")} at={message.createdAt}>
      {message.content !== "" && <Markdown>{message.content}</Markdown>}
      {callsOf(message, all).map((call) => (
        <CallCard key={call.id} call={call} question={questions.get(call.id)} />
      ))}
    </Bubble>
  );
}
