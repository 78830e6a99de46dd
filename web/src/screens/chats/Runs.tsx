import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQuery } from "@tanstack/react-query";
import { useChange } from "@/api/change";
import { judge, type ChatRun } from "@/api/chats";
import { useMe, useWorkspace } from "@/api/session";
import { toneOf } from "@/api/words";
import { allWorkflowsQuery } from "@/api/workflows";
import { Badge, Button, IconThumbDown, IconThumbUp, Instant, Row, Text, TextField, Unseen } from "@/ui";
import classes from "./chats.module.css";

/** The workflow runs of a chat with their steps, and what one thinks of them. */
export function Runs({ runs }: { runs: readonly ChatRun[] }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const workflows = useQuery({ ...allWorkflowsQuery(workspace), enabled: me.may("workflows:read") });
  const workflowOf = (run: ChatRun) => workflows.data?.find((one) => one.uuid === run.workflowId || String(one.id) === run.workflowId);
  return (
    <details className={classes["runs"]}>
      <summary>{t("runs", { count: runs.length })}</summary>
      {runs.map((run) => {
        const workflow = workflowOf(run);
        return (
          <div key={run.id} className={classes["run"]}>
            <Row>
              <strong translate="no">{workflow?.name ?? run.workflowId}</strong>
              <Badge tone={toneOf(run.status)}>{t(`state.${run.status}`)}</Badge>
              {run.startedAt !== null && <Instant at={run.startedAt} />}
            </Row>
            <ol className={classes["steps"]}>
              {run.steps.map((step) => (
                <li key={step.id} data-state={step.status}>
                  <span translate="no">{workflow?.tasks.find((task) => String(task.id) === step.id || task.key === step.id)?.name ?? step.id}</span>
                  <Unseen>: </Unseen>
                  <Badge tone={toneOf(step.status)}>{t(`state.${step.status}`)}</Badge>
                </li>
              ))}
            </ol>
            <Feedback run={run} />
          </div>
        );
      })}
    </details>
  );
}

const GOOD = "good";
const BAD = "bad";

function Feedback({ run }: { run: ChatRun }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const [words, setWords] = useState("");
  const give = useChange({
    act: (verdict: string) => judge(workspace, run, words === "" ? verdict : `${verdict}: ${words}`),
    touches: ["runs"],
    said: () => t("feedback.thanks"),
    onDone: () => setWords(""),
  });
  return (
    <div className={classes["feedback"]}>
      <TextField label={t("feedback.words")} lengthMax={2000} value={words} onChange={setWords} />
      <Button icon={IconThumbUp} isBusy={give.isPending} onClick={() => give.mutate(GOOD)}>
        {t("feedback.good")}
      </Button>
      <Button icon={IconThumbDown} isBusy={give.isPending} onClick={() => give.mutate(BAD)}>
        {t("feedback.bad")}
      </Button>
      {give.error !== null && (
        <Text tone="bad" translate="no" role="alert">
          {give.error.message}
        </Text>
      )}
    </div>
  );
}
