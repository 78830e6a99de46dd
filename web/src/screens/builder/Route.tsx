import { useTranslation } from "react-i18next";
import type { TrialStep } from "@/api/trial";
import { toneOf } from "@/api/words";
import { Badge, Code, Row, Text } from "@/ui";
import classes from "./builder.module.css";

/** The steps of a trial in their order: how each stands, where it led, and which condition decided. */
export function Route({ steps }: { steps: readonly TrialStep[] }) {
  const { t } = useTranslation(["workflows", "common"]);
  const nameOf = (key: string) => steps.find((one) => one.task === key)?.name ?? key;
  return (
    <ol className={classes["route"]} aria-label={t("builder.run.route")}>
      {steps.map((step) => (
        <li key={step.number}>
          <Row isSpread>
            <Text isStrong translate="no">
              {step.name}
            </Text>
            <Badge tone={toneOf(step.status)}>{t(`common:status.task.${step.status}`)}</Badge>
          </Row>
          {step.to !== null && (
            <Text size="sm" tone="muted">
              {step.to.length === 0 ? t("builder.run.ends") : t("builder.run.led")} <span translate="no">{step.to.map(nameOf).join(", ")}</span>
              {step.because !== null && step.because !== "always" && (
                <>
                  {" "}
                  {t("builder.run.because")} <Code>{step.because}</Code>
                </>
              )}
            </Text>
          )}
          <Failed error={step.error} />
        </li>
      ))}
    </ol>
  );
}

function Failed({ error }: { error: unknown }) {
  const said = (error as { message?: string } | null)?.message;
  return said === undefined ? null : (
    <Text size="sm" tone="bad" translate="no">
      {said}
    </Text>
  );
}
