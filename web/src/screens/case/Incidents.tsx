import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Case } from "@/api/cases";
import { useChange } from "@/api/change";
import { decide, incidentsQuery, type Decision, type Incident } from "@/api/incidents";
import { useMe, useWorkspace } from "@/api/session";
import { Ago, Badge, Button, Dialog, Notice, Panel, Refused, Row, Stack, Text, Unseen } from "@/ui";
import { GoOn } from "./GoOn";
import { Data } from "./Steps";
import classes from "./case.module.css";

/** What failed for good in a case and waits for somebody to decide, with what they may decide. */
export function Incidents({ of: one }: { of: Case }) {
  const { t } = useTranslation("case");
  const mayRead = useMe().may("activities:read");
  const found = useQuery({ ...incidentsQuery(useWorkspace(), one.id), enabled: mayRead });
  if (found.data === undefined || found.data.length === 0) return null;
  return (
    <Panel title={t("incidents.title")}>
      <ul className={classes["incidents"]}>
        {found.data.map((incident) => (
          <li key={incident.id}>
            <Shown incident={incident} version={one.workflowVersionNumber} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type Asking = "skip" | "fail" | "resolve";

function Shown({ incident, version }: { incident: Incident; version: number }) {
  const { t } = useTranslation("case");
  const me = useMe();
  const workspace = useWorkspace();
  const [asking, setAsking] = useState<Asking | null>(null);
  const act = useChange<Decision>({
    act: (decision) => decide(workspace, incident.id, decision),
    touches: ["cases", "activities"],
    said: (_, decision) => t(`incidents.done.${decision.how}`, { name: nameOf(incident) }),
    onDone: leave,
  });
  const ask = (what: Asking) => {
    act.reset();
    setAsking(what);
  };
  return (
    <Stack gap={2}>
      <Row isSpread>
        <Text isStrong translate="no">
          {nameOf(incident)}
        </Text>
        <Row>
          <Badge tone="bad">{t("incidents.attempt", { number: incident.attempt })}</Badge>
          <Text isInline size="xs" tone="muted">
            <Unseen>{t("incidents.since")} </Unseen>
            <Ago at={incident.createdAt ?? ""} />
          </Text>
        </Row>
      </Row>
      <Notice tone="bad">
        <span translate="no">
          {incident.message} ({incident.code})
        </span>
      </Notice>
      <details className={classes["step"]}>
        <summary>{t("incidents.given")}</summary>
        <Data value={incident.data ?? {}} none={t("nothing")} />
        {incident.answer !== null && (
          <>
            <Text size="sm" isStrong>{t("incidents.answer")}</Text>
            <Data value={incident.answer} none={t("nothing")} />
          </>
        )}
      </details>
      {asking === null && <Refused error={act.error} />}
      {me.may("activities:write") && (
        <Row>
          <Button emphasis="primary" isBusy={act.isPending} onClick={() => act.mutate({ how: "retry" })}>
            {t("incidents.retry")}
          </Button>
          <Button onClick={() => ask("resolve")}>{t("incidents.resolve")}</Button>
          <Button onClick={() => ask("skip")}>{t("incidents.skip")}</Button>
          <Button onClick={() => ask("fail")}>{t("incidents.fail")}</Button>
        </Row>
      )}
      {asking === "resolve" && <GoOn incident={incident} version={version} act={act} onClose={() => setAsking(null)} />}
      {(asking === "skip" || asking === "fail") && (
        <Dialog title={t(`incidents.${asking}`)} isOpen onClose={() => setAsking(null)}>
          <Stack gap={3}>
            <Text>{t(`incidents.why.${asking}`)}</Text>
            <Refused error={act.error} />
            <Row>
              <Button emphasis={asking === "fail" ? "danger" : "primary"} isBusy={act.isPending} onClick={() => act.mutate({ how: asking })}>
                {t(`incidents.${asking}`)}
              </Button>
              <Button onClick={() => setAsking(null)}>{t("common:cancel")}</Button>
            </Row>
          </Stack>
        </Dialog>
      )}
    </Stack>
  );
}

/** The incident and its buttons will be gone: the keyboard goes on at the top of the screen. */
function leave(): void {
  document.getElementById("content")?.focus();
}

function nameOf(incident: Incident): string {
  return incident.taskName === "" ? incident.taskKey : incident.taskName;
}
