import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { caseQuery, seenQuery, type CaseTask } from "@/api/cases";
import { useWorkspace } from "@/api/session";
import { explainQuery, recentCasesQuery, type Explained } from "@/api/workflows";
import { Badge, Code, Select, Text, Values } from "@/ui";
import { useSettled } from "./settled";
import classes from "./builder.module.css";

/** What conditions are tried on while they are written: a case of the workflow. */
export interface Trial {
  workflow: number;
  /** The case; null before one is chosen. */
  tried: number | null;
  onTry: (id: number | null) => void;
}

/** Chooses the case, and shows what conditions after the task see in it. */
export function TryOn({ trial, taskKey }: { trial: Trial; taskKey: string }) {
  const { t } = useTranslation("workflows");
  const recent = useQuery(recentCasesQuery(useWorkspace(), trial.workflow));
  if (recent.data?.length === 0) return <Text tone="muted">{t("builder.trial.none")}</Text>;
  return (
    <>
      <Select
        areNames
        isClearable
        label={t("builder.trial.choose")}
        description={t("builder.trial.why")}
        placeholder={t("builder.trial.placeholder")}
        value={trial.tried === null ? null : String(trial.tried)}
        choices={(recent.data ?? []).map((one) => ({ value: String(one.id), label: one.name === "" ? `#${one.id}` : one.name }))}
        onChange={(id) => trial.onTry(id === null ? null : Number(id))}
      />
      {trial.tried !== null && <Seen id={trial.tried} taskKey={taskKey} />}
    </>
  );
}

function useVisit(id: number, taskKey: string): { visit: CaseTask | undefined; isPending: boolean } {
  const found = useQuery({ ...caseQuery(useWorkspace(), id), enabled: id > 0 });
  return { visit: found.data?.tasks.find((task) => task.taskKey === taskKey && task.uuid !== null), isPending: found.isPending };
}

function Seen({ id, taskKey }: { id: number; taskKey: string }) {
  const { t } = useTranslation("workflows");
  const { visit, isPending } = useVisit(id, taskKey);
  const seen = useQuery(seenQuery(useWorkspace(), id));
  if (isPending || seen.data === undefined) return null;
  if (visit === undefined) return <Text tone="warn">{t("builder.trial.not_reached")}</Text>;
  return (
    <details>
      <summary>{t("builder.trial.sees")}</summary>
      <Values of={{ ...seen.data, output: visit.output ?? visit.data }} />
    </details>
  );
}

/** What a condition says over the case, and which part of it decides: as it is typed. */
export function Verdict({ trial, taskKey, when }: { trial: Trial; taskKey: string; when: string }) {
  const id = trial.tried ?? 0;
  const settled = useSettled(when);
  const { visit } = useVisit(id, taskKey);
  const said = useQuery({ ...explainQuery(useWorkspace(), settled, id, taskKey), enabled: visit !== undefined });
  if (visit === undefined) return null;
  return (
    <div role="status" className={classes["verdict"]}>
      {said.isError && <Text size="xs" tone="bad" translate="no">{said.error.message}</Text>}
      {said.data !== undefined && <Why said={said.data} />}
    </div>
  );
}

function Why({ said }: { said: Explained }): ReactNode {
  const { t } = useTranslation("workflows");
  const problem = said.problems[0];
  if (problem !== undefined) {
    return (
      <Text size="xs" tone="bad">
        {problem.column !== null && <>{t("builder.trial.column", { column: problem.column })} </>}
        <span translate="no">{problem.message}</span>
      </Text>
    );
  }
  return (
    <>
      <Badge tone={said.error !== null ? "bad" : said.value === true ? "ok" : "quiet"}>{t(said.error !== null ? "builder.trial.failed" : said.value === true ? "builder.trial.true" : "builder.trial.false")}</Badge>
      {said.clause !== null && (
        <Text isInline size="xs" tone="muted">
          {t("builder.trial.decided")} <Code>{said.clause.text}</Code>
        </Text>
      )}
      {said.error !== null && <Text size="xs" tone="bad" translate="no">{said.error}</Text>}
    </>
  );
}
