import { useTranslation } from "react-i18next";
import type { Case, CaseEvent } from "@/api/cases";
import { useFormat } from "@/i18n/format";
import { EmptyState, useNow } from "@/ui";
import { barsOf, type Span } from "./timeline";
import classes from "./case.module.css";

const WHOLE = 100;
const SECOND = 1_000;
const MINUTE = 60_000;

/** For each task a bar: when it waited, and when somebody worked on it. */
export function Bars({ of: one, events }: { of: Case; events: readonly CaseEvent[] }) {
  const { t } = useTranslation("case");
  const now = useNow(one.completedAt === null ? MINUTE : 0);
  const format = useFormat();
  const began = Date.parse(one.createdAt);
  const end = one.completedAt === null ? Math.max(now, began + SECOND) : Date.parse(one.completedAt);
  const whole = Math.max(end - began, SECOND);
  const bars = barsOf(one.tasks, events, began, end);
  const sum = (spans: readonly Span[], kind: Span["kind"]) =>
    format.duration(spans.filter((span) => span.kind === kind).reduce((total, span) => total + span.to - span.from, 0) / SECOND);
  if (bars.length === 0) return <EmptyState title={t("not_begun")} />;
  return (
    <>
      <ul className={classes["bars"]}>
        {bars.map(({ task, spans }) => (
          <li key={task.id}>
            <span className={classes["barName"]} translate="no">
              {task.taskName}
            </span>
            <span className={classes["track"]} aria-hidden>
              {spans.map((span, index) => (
                <span
                  key={index}
                  data-kind={span.kind}
                  style={{ insetInlineStart: `${(span.from / whole) * WHOLE}%`, width: `${((span.to - span.from) / whole) * WHOLE}%` }}
                />
              ))}
            </span>
            <span className={classes["barTime"]}>{t("bar", { waiting: sum(spans, "waiting"), working: sum(spans, "working") })}</span>
          </li>
        ))}
      </ul>
      <p className={classes["legend"]}>
        <span data-kind="waiting">{t("waiting")}</span>
        <span data-kind="working">{t("working")}</span>
      </p>
    </>
  );
}
