import { useTranslation } from "react-i18next";
import type { CaseEvent, CaseTask } from "@/api/cases";
import { Code, Instant, Text, Values } from "@/ui";
import { isTelling } from "./timeline";
import classes from "./case.module.css";

export const VIEWS = ["compact", "full", "raw"] as const;
export type EventView = (typeof VIEWS)[number];

/** One list of facts, in three forms: what moved the case, everything with its data, and as the API says it. */
export function Events({ events, tasks, view }: { events: readonly CaseEvent[]; tasks: readonly CaseTask[]; view: EventView }) {
  const { t } = useTranslation("case");
  if (view === "raw") {
    return (
      <Code isBlock label={t("view.raw")}>
        {JSON.stringify(events, null, 2)}
      </Code>
    );
  }
  const names = new Map(tasks.map((task) => [task.taskKey, task.taskName]));
  const shown = view === "compact" ? events.filter(isTelling) : events;
  return (
    <ol className={classes["events"]}>
      {shown.map((event) => (
        <li key={event.id} data-end={event.type.startsWith("run.") || undefined}>
          <div className={classes["event"]}>
            <span>
              {t(`event.${event.type.replace(".", "_")}`, { defaultValue: event.type })}
              {event.taskKey !== null && (
                <>
                  {": "}
                  <strong translate="no">{names.get(event.taskKey) ?? event.taskKey}</strong>
                </>
              )}
            </span>
            <Text isInline size="xs" tone="muted">
              {event.actor.name !== null && <span translate="no">{event.actor.name} · </span>}
              {event.at !== null && <Instant at={event.at} />}
            </Text>
          </div>
          {view === "full" && Object.keys(event.data).length > 0 && <Values of={event.data} />}
        </li>
      ))}
    </ol>
  );
}
