import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CaseEvent, CaseStep } from "@/api/cases";
import { useWorkspace } from "@/api/session";
import { toneOf } from "@/api/words";
import { useFormat } from "@/i18n/format";
import { Badge, Button, Fact, Facts, Instant, Notice, Panel, Stack, Text, TextLink, Value, Values } from "@/ui";
import { attemptsOf } from "./attempts";
import classes from "./case.module.css";

interface StepsProps {
  steps: readonly CaseStep[];
  events: readonly CaseEvent[];
  /** Fetches those that follow; undefined where there are none. */
  onMore?: (() => void) | undefined;
}

/** Every step that was reached: what went in and came out, how often it was tried, and what it cost. */
export function Steps({ steps, events, onMore }: StepsProps) {
  const { t } = useTranslation("case");
  return (
    <Panel title={t("steps")}>
      {steps.map((step) => (
        <Step key={step.id} step={step} events={events} />
      ))}
      {onMore !== undefined && <Button onClick={onMore}>{t("more_steps")}</Button>}
    </Panel>
  );
}

function Step({ step, events }: { step: CaseStep; events: readonly CaseEvent[] }) {
  const { t } = useTranslation(["case", "common"]);
  return (
    <details className={classes["step"]}>
      <summary>
        <span translate="no">{step.taskName === "" ? step.taskKey : step.taskName}</span>
        <span className={classes["stepState"]}>
          {step.itemIndex !== null && <Aside>{t("item", { number: step.itemIndex + 1 })}</Aside>}
          {step.visit > 1 && <Aside>{t("visit", { number: step.visit })}</Aside>}
          {step.attempts > 1 && <Aside>{t("tried", { count: step.attempts })}</Aside>}
          {step.memberName !== null && <Text isInline size="xs" tone="muted" translate="no">{step.memberName}</Text>}
          <Badge tone={toneOf(step.status)}>{t(`common:status.task.${step.status}`)}</Badge>
        </span>
        <Waits step={step} />
      </summary>
      <Stack gap={2}>
        <Made step={step} />
        <Spent step={step} />
        <Attempts events={events} step={step} />
        <Text size="sm" isStrong>{t("data_in")}</Text>
        <Data value={step.data ?? {}} none={t("nothing")} />
        <Text size="sm" isStrong>{t("data_out")}</Text>
        <Data value={step.output ?? {}} none={t("nothing")} />
        {step.error !== null && (
          <Notice tone="bad">
            <Value value={step.error} />
          </Notice>
        )}
      </Stack>
    </details>
  );
}

function Aside({ children }: { children: ReactNode }) {
  return (
    <Text isInline size="xs" tone="muted">
      {children}
    </Text>
  );
}

/** The limits because of which no worker takes the step now. */
function Waits({ step }: { step: CaseStep }) {
  const { t } = useTranslation("case");
  const { number } = useFormat();
  if (step.waitsFor.length === 0) return null;
  return (
    <span className={classes["stepWaits"]}>
      {step.waitsFor.map((one) => {
        const counts = { used: number(one.used), allowed: number(one.allowed), within: one.seconds === null ? "" : t(`waits.within.${one.seconds}`) };
        return <Aside key={`${one.of} ${one.limit}`}>{t(`waits.${one.of}_${one.limit}`, counts)}</Aside>;
      })}
    </span>
  );
}

/** The case of another workflow that the step waits for, or made. */
function Made({ step }: { step: CaseStep }) {
  const { t } = useTranslation(["case", "common"]);
  const workspace = useWorkspace();
  if (step.made === null) return null;
  return (
    <Text size="sm">
      {t("made")}{" "}
      <TextLink to="/w/$workspace/cases/$case" params={{ workspace, case: String(step.made.id) }} translate="no">
        {step.made.title}
      </TextLink>{" "}
      <Badge tone={toneOf(step.made.status)}>{t(`common:status.case.${step.made.status}`)}</Badge>
    </Text>
  );
}

/** What the models that a step asked were told, said and cost. */
function Spent({ step }: { step: CaseStep }) {
  const { t } = useTranslation("case");
  const format = useFormat();
  if (step.usage === null || step.usage.length === 0) return null;
  return (
    <Facts>
      {step.usage.map((one) => (
        <Fact key={`${one.provider} ${one.modelId}`} label={t("model")}>
          <span translate="no">
            {one.provider} {one.modelId}
          </span>
          <br />
          {t("spent", { count: one.calls, tokens: format.number(one.inputTokens + one.outputTokens), cost: format.money(one.cost) })}
        </Fact>
      ))}
    </Facts>
  );
}

function Attempts({ step, events }: { step: CaseStep; events: readonly CaseEvent[] }) {
  const { t } = useTranslation("case");
  const attempts = step.attempts === 0 ? [] : attemptsOf(events, step.number);
  if (attempts.length === 0) return null;
  return (
    <>
      <Text size="sm" isStrong>{t("attempts")}</Text>
      <ol className={classes["attempts"]}>
        {attempts.map((one) => (
          <li key={one.number}>
            {t(`attempt.${one.end}`, { number: one.number })} <Instant at={one.at} />
            {one.message !== null && (
              <Text size="xs" tone="bad" translate="no">
                {one.message}
              </Text>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

/** A value under a heading; where it is an object without names, what is said instead. */
export function Data({ value, none }: { value: unknown; none: string }) {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isObject && Object.keys(value).length === 0) return <Text tone="muted">{none}</Text>;
  return isObject ? <Values of={value as Record<string, unknown>} /> : <Value value={value} />;
}
