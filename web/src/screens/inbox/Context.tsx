import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { stepsQuery, type Entry } from "@/api/activities";
import { casePastQuery, messagesQuery } from "@/api/cases";
import { useMe, useWorkspace } from "@/api/session";
import { toneOf } from "@/api/words";
import { Ago, Badge, Code, Heading, Text, TextLink, Values } from "@/ui";
import { pastOfActivities, pastOfSteps, type Past } from "./past";
import { whyHere } from "./why";
import classes from "./entry.module.css";

interface TaskLike {
  key: string;
  name?: string | null;
}

/** The case around a piece of work: its data, how it came here, what was done and said before. */
export function Context({ entry, tasks, here }: { entry: Entry; tasks: readonly TaskLike[]; here: string | undefined }) {
  const { t } = useTranslation(["inbox", "common"]);
  const workspace = useWorkspace();
  const id = entry.activity.relationships.work_unit.data?.id ?? "";
  const mayRead = useMe().may("assignments:read");
  const steps = useQuery({ ...casePastQuery(workspace, Number(id)), enabled: mayRead });
  const activities = useQuery({ ...stepsQuery(workspace, id), enabled: !mayRead });
  const data = entry.workUnit?.data;
  const before = mayRead
    ? pastOfSteps(steps.data?.items ?? [], entry.activity.id)
    : pastOfActivities(activities.data ?? [], tasks, entry.activity.id);
  return (
    <aside className={classes["context"]} aria-label={t("context.label")}>
      <section>
        <div className={classes["contextHead"]}>
          <Heading level={2}>{t("context.case")}</Heading>
          {mayRead && (
            <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: id }}>
              {t("context.open")}
            </TextLink>
          )}
        </div>
        {typeof data === "object" && data !== null && Object.keys(data).length > 0 ? (
          <Values of={data as Record<string, unknown>} />
        ) : (
          <Text tone="muted">{t("context.no_data")}</Text>
        )}
      </section>
      <Why tasks={tasks} here={here} before={before} />
      <section>
        <Heading level={2}>{t("context.before")}</Heading>
        {before.length === 0 && <Text tone="muted">{t("context.first")}</Text>}
        <ol className={classes["steps"]}>
          {before.map((one) => (
            <li key={one.id}>
              <div className={classes["stepHead"]}>
                <span translate="no">{one.name}</span>
                <Badge tone={toneOf(one.status.slice(one.status.indexOf(".") + 1))}>{t(`common:status.${one.status}`)}</Badge>
              </div>
              {one.at !== null && (
                <Text size="xs" tone="muted">
                  <Ago at={one.at} />
                </Text>
              )}
              {typeof one.output === "object" && one.output !== null && <Values of={one.output as Record<string, unknown>} />}
            </li>
          ))}
        </ol>
      </section>
      {mayRead && <Messages caseId={Number(id)} />}
    </aside>
  );
}

function Why({ tasks, here, before }: { tasks: readonly TaskLike[]; here: string | undefined; before: readonly Past[] }) {
  const { t } = useTranslation("inbox");
  const last = before.filter((one) => one.isCompleted).at(-1);
  const reason = here === undefined ? null : whyHere(tasks, here, last?.task);
  if (reason === null) return null;
  return (
    <section>
      <Heading level={2}>{t("why.title")}</Heading>
      <Text size="sm">
        {t("why.from")} <span translate="no">{reason.from}</span>
      </Text>
      {reason.condition !== null && (
        <Text size="sm">
          {t("why.true")} <Code>{reason.condition}</Code>
        </Text>
      )}
      {reason.passed.map((condition) => (
        <Text size="sm" key={condition}>
          {t("why.false")} <Code>{condition}</Code>
        </Text>
      ))}
      {reason.condition === null && reason.passed.length === 0 && <Text size="sm">{t("why.always")}</Text>}
    </section>
  );
}

/** What was said in the case's chat. */
function Messages({ caseId }: { caseId: number }) {
  const { t } = useTranslation("inbox");
  const messages = useQuery(messagesQuery(useWorkspace(), caseId));
  if (messages.data === undefined || messages.data.length === 0) return null;
  return (
    <section>
      <Heading level={2}>{t("context.chat")}</Heading>
      <ol className={classes["steps"]}>
        {messages.data.map((one) => (
          <li key={one.id}>
            <Text size="xs" tone="muted">
              {t(`role.${one.role}`)} · <Ago at={one.createdAt} />
            </Text>
            <Text size="sm" translate="no">
              {one.content}
            </Text>
          </li>
        ))}
      </ol>
    </section>
  );
}
