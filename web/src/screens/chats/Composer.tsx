import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { stopChat, type Chat } from "@/api/chats";
import { hasStatus } from "@/api/errors";
import { useMe, useWorkspace } from "@/api/session";
import { allWorkflowsQuery } from "@/api/workflows";
import { Button, IconPlayerStop, IconSend, Notice, Row, Select, TextArea } from "@/ui";
import type { Talk } from "./useTalk";
import classes from "./chats.module.css";

const LENGTH_MAX = 100_000;

/** Where one says something: by oneself, or with a workflow that begins with it. */
export function Composer({ chat, talk, isRunning }: { chat: Chat; talk: Talk; isRunning: boolean }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const [content, setContent] = useState("");
  const [workflow, setWorkflow] = useState<string | null>(null);
  const workflows = useQuery({ ...allWorkflowsQuery(workspace), enabled: me.may("workflows:read") });
  const stop = useChange({
    act: () =>
      stopChat(chat.uuid).catch((problem: unknown) => {
        if (!hasStatus(problem, 409)) throw problem; // it had ended by itself
      }),
    touches: ["chats", "cases"],
  });
  const send = () => {
    if (content.trim() === "" || talk.isTalking) return;
    void talk.say({ content, ...(workflow === null ? {} : { workflowId: workflow }) }).then((isSaid) => {
      if (!isSaid) setContent((since) => (since === "" ? content : since));
    });
    setContent("");
    setWorkflow(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  };
  const problem = talk.error ?? stop.error;
  return (
    <div className={classes["composer"]} onKeyDown={onKeyDown}>
      {problem !== null && (
        <div role="alert">
          <Notice tone="bad">
            <span translate="no">{problem.message}</span>
          </Notice>
        </div>
      )}
      <TextArea label={t("message")} description={t("message_why")} rows={2} lengthMax={LENGTH_MAX} value={content} onChange={setContent} />
      <Row isSpread>
        <Select
          label={t("workflow")}
          areNames
          isClearable
          placeholder={t("no_workflow")}
          value={workflow}
          choices={(workflows.data ?? []).map((one) => ({ value: one.uuid, label: one.name }))}
          onChange={setWorkflow}
        />
        <Row>
          {(talk.isTalking || isRunning) && (
            <Button icon={IconPlayerStop} isBusy={stop.isPending} onClick={() => stop.mutate()}>
              {t("stop")}
            </Button>
          )}
          <Button emphasis="primary" icon={IconSend} isBusy={talk.isTalking} onClick={send}>
            {t("send")}
          </Button>
        </Row>
      </Row>
    </div>
  );
}
