import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { activityQuery } from "@/api/activities";
import type { Question } from "@/api/chats";
import { useWorkspace } from "@/api/session";
import { Answer } from "@/asking/Answer";
import { Approval, Because } from "@/asking/Approval";
import { callOf, verdictOf } from "@/asking/asking";
import { Badge, Code, IconTool, Text, TextLink, Waiting } from "@/ui";
import { standingOf, type Standing, type ToolCall } from "./answer";
import classes from "./chats.module.css";

const TONES = { open: "info", waiting: "warn", done: "ok", accepted: "ok", edited: "ok", refused: "bad", dropped: "quiet" } as const satisfies Record<Standing, string>;

/** What is wanted of a tool, as it was asked. */
function asText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value ?? {}, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

/** An agent's call of a tool; where a person is asked first, who that is, the decision, or where it is made. */
export function CallCard({ call, question }: { call: ToolCall; question?: Question | undefined }) {
  const { t } = useTranslation(["chats", "common"]);
  const standing = standingOf(call, question);
  const verdict = verdictOf(question?.answer);
  return (
    <section className={classes["call"]} aria-label={t("call.label", { name: call.name })}>
      <header className={classes["callHeader"]}>
        <IconTool size={16} aria-hidden />
        <Code>{call.name}</Code>
        <Badge tone={TONES[standing]}>{t(`call.${standing}`)}</Badge>
      </header>
      <Told isOpen={standing === "waiting"} label={t("call.arguments")} value={question?.arguments ?? call.arguments} />
      {verdict?.arguments !== undefined && <Told isOpen label={t("call.changed")} value={verdict.arguments} />}
      {question?.status === "completed" && <Decided by={question.memberName} reason={verdict?.reason} />}
      {call.result !== undefined && <Told label={t("call.result")} value={call.result} />}
      {question !== undefined && standing === "waiting" && (question.mayAnswer ? <Decide question={question} /> : <WaitsFor question={question} />)}
    </section>
  );
}

function Told({ label, value, isOpen = false }: { label: string; value: unknown; isOpen?: boolean }) {
  return (
    <details open={isOpen}>
      <summary>{label}</summary>
      <Code isBlock label={label}>
        {asText(value)}
      </Code>
    </details>
  );
}

function Decided({ by, reason }: { by: string | null; reason: string | undefined }) {
  const { t } = useTranslation("chats");
  return (
    <>
      {by !== null && (
        <Text size="sm">
          {t("call.by")} <span translate="no">{by}</span>
        </Text>
      )}
      {reason !== undefined && (
        <Text size="sm">
          {t("call.because")} <span translate="no">{reason}</span>
        </Text>
      )}
    </>
  );
}

function WaitsFor({ question }: { question: Question }) {
  const { t } = useTranslation("chats");
  const { memberName, roles } = question;
  return (
    <>
      <Because words={question.because} />
      <Text size="sm">
        {t(memberName !== null ? "call.waits.held" : roles.length > 0 ? "call.waits.roles" : "call.waits.anybody")} <span translate="no">{memberName ?? roles.join(", ")}</span>
      </Text>
    </>
  );
}

/** The form of the inbox, where one reads what is asked; the inbox has the case beside it. */
function Decide({ question }: { question: Question }) {
  const { t } = useTranslation("chats");
  const workspace = useWorkspace();
  const entry = useQuery(activityQuery(workspace, question.activityId));
  if (entry.data === undefined) return entry.isError ? <WaitsFor question={question} /> : <Waiting lines={1} />;
  const { activity } = entry.data;
  const ask = activity.attributes.ask ?? null;
  if (ask === null) return <WaitsFor question={question} />;
  const call = callOf(ask);
  if (call !== null) return <Approval activity={activity} ask={ask} call={call} />;
  return (
    <>
      <Answer key={activity.id} activity={activity} ask={ask} />
      <TextLink to="/w/$workspace/inbox/$activity" params={{ workspace, activity: question.activityId }}>
        {t("call.inbox")}
      </TextLink>
    </>
  );
}
