import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitsQuery, setLimits, type Limits as Set } from "@/api/access";
import { useChange } from "@/api/change";
import { useMe, useWorkspace } from "@/api/session";
import { useFormat } from "@/i18n/format";
import { Button, ErrorState, Fact, Facts, NumberField, Panel, Refused, Row, Select, Stack, Text, Waiting } from "@/ui";
import { problemAt } from "./parts";
import { rateOf, textOf, UNITS } from "./rate";

const MOST = 10_000;

/** How much workers may perform at once in the workspace, and begin in a stretch of time. */
export function Limits() {
  const { t } = useTranslation(["admin", "common"]);
  const mayWrite = useMe().may("workspace:admin");
  const limits = useQuery(limitsQuery(useWorkspace()));
  return (
    <Panel title={t("limits.title")}>
      <Stack gap={3}>
        <Text tone="muted" size="sm">
          {t("limits.lead")}
        </Text>
        {limits.isPending && <Waiting lines={3} />}
        {limits.isError && limits.data === undefined && <ErrorState error={limits.error} onRetry={() => void limits.refetch()} />}
        {limits.data !== undefined && (mayWrite ? <LimitsForm key={JSON.stringify(limits.data)} limits={limits.data} /> : <Shown limits={limits.data} />)}
      </Stack>
    </Panel>
  );
}

function Shown({ limits }: { limits: Set }) {
  const { t } = useTranslation("admin");
  const { number } = useFormat();
  const { starts, unit } = rateOf(limits.rate);
  return (
    <Facts>
      <Fact label={t("limits.concurrency")}>{limits.concurrency === null ? t("limits.any") : number(limits.concurrency)}</Fact>
      <Fact label={t("limits.rate")}>{starts === null ? t("limits.any") : `${number(starts)} ${t(`limits.per.${unit}`)}`}</Fact>
    </Facts>
  );
}

function LimitsForm({ limits }: { limits: Set }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const [concurrency, setConcurrency] = useState(limits.concurrency);
  const [rate, setRate] = useState(() => rateOf(limits.rate));
  const keep = useChange({
    act: () => setLimits(workspace, { concurrency, rate: textOf(rate) }),
    touches: ["limits", "cases"],
    said: () => t("limits.saved"),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        keep.mutate();
      }}
    >
      <Stack gap={3}>
        <NumberField
          label={t("limits.concurrency")}
          description={t("limits.concurrency_why")}
          isWhole
          min={1}
          max={MOST}
          value={concurrency}
          onChange={setConcurrency}
          error={problemAt(keep.error, "concurrency")}
        />
        <NumberField
          label={t("limits.rate")}
          description={t("limits.rate_why")}
          isWhole
          min={1}
          max={MOST}
          value={rate.starts}
          onChange={(starts) => setRate({ ...rate, starts })}
          error={problemAt(keep.error, "rate")}
        />
        <Select
          label={t("limits.unit")}
          value={rate.unit}
          choices={UNITS.map((value) => ({ value, label: t(`limits.per.${value}`) }))}
          onChange={(unit) => setRate({ ...rate, unit: unit ?? "m" })}
        />
        <Refused error={keep.error} />
        <Row>
          <Button type="submit" emphasis="primary" isBusy={keep.isPending}>
            {t("limits.save")}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}
