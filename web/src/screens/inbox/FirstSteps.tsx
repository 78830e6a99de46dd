import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "@/api/session";
import { Button, ButtonLink, IconCircleCheck, IconFlag, Panel, Row, Stack, Text, Unseen } from "@/ui";
import { STEPS, type FirstStep } from "./first";
import { StartCase } from "./StartCase";
import { useFirstSteps } from "./useFirstSteps";
import classes from "./inbox.module.css";

/** What to do first in a new workspace; each is ticked by what is there, and all can be put away. */
export function FirstSteps() {
  const { t } = useTranslation("inbox");
  const first = useFirstSteps();
  if (first === null) return null;
  const next = STEPS.find((step) => !first.done[step]);
  return (
    <div className={classes["first"]}>
      <Panel title={t("first.title")} aside={<Button onClick={first.putAway}>{t("first.away")}</Button>}>
        <ol>
          {STEPS.map((step) => (
            <li key={step}>
              <Stack gap={2}>
                <Row>
                  {first.done[step] ? <IconCircleCheck size={18} aria-hidden /> : <IconFlag size={18} aria-hidden />}
                  <Text isStrong={!first.done[step]} tone={first.done[step] ? "muted" : undefined}>
                    {t(`first.${step}`)} <Unseen>{t(first.done[step] ? "first.done" : "first.open")}</Unseen>
                  </Text>
                </Row>
                {step === next && <Act step={step} />}
              </Stack>
            </li>
          ))}
        </ol>
      </Panel>
    </div>
  );
}

/** The way to the step that comes first. */
function Act({ step }: { step: FirstStep }) {
  const { t } = useTranslation("inbox");
  const workspace = useWorkspace();
  const [isStarting, setStarting] = useState(false);
  switch (step) {
    case "invite":
      return (
        <ButtonLink to="/w/$workspace/admin/$section" params={{ workspace, section: "members" }}>
          {t("first.do.invite")}
        </ButtonLink>
      );
    case "workflow":
      return (
        <ButtonLink to="/w/$workspace/workflows/new" params={{ workspace }}>
          {t("first.do.workflow")}
        </ButtonLink>
      );
    case "start":
      return (
        <>
          <Button onClick={() => setStarting(true)}>{t("first.do.start")}</Button>
          {isStarting && <StartCase onClose={() => setStarting(false)} />}
        </>
      );
    case "complete":
      return (
        <ButtonLink to="/w/$workspace/inbox" params={{ workspace }} search={{ view: "all" }}>
          {t("first.do.complete")}
        </ButtonLink>
      );
  }
}
