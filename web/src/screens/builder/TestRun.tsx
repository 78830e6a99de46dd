import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "@/api/session";
import { tryOut, type Script, type Trial, type TrialAnswer, type TrialWaiting } from "@/api/trial";
import { beginWith, type Schema } from "@/forms/schema";
import { SchemaForm } from "@/forms/SchemaForm";
import { Button, Dialog, Notice, Refused, Row, Select, Stack, Text, Values } from "@/ui";
import { Route } from "./Route";
import { answerWith, formOf, inputOf, waitsForInstant, wrongIn } from "./script";

interface Told {
  script: Script;
  trial: Trial;
}

const NOBODY: ReadonlyMap<string, string> = new Map();

/** Takes a run through what is drawn: somebody says how each step ends, and sees where that leads. Nothing is kept. */
export function TestRun({ text, onClose }: { text: string; onClose: () => void }) {
  const { t } = useTranslation(["workflows", "common"]);
  const workspace = useWorkspace();
  const [told, setTold] = useState<Told | null>(null);
  const going = useMutation({
    mutationFn: (script: Script) => tryOut(workspace, text, script),
    onSuccess: (trial, script) => {
      if (trial.refused === null) setTold({ script, trial });
    },
  });
  const refused = going.data?.refused ?? null;
  const said = refused === null ? going.error : new Error(refused.message);
  const problems = refused === null ? NOBODY : wrongIn(refused.problems);
  const go = (answers: readonly TrialAnswer[]) => told !== null && going.mutate({ ...told.script, answers });
  const again = () => {
    going.reset();
    setTold(null);
  };
  return (
    <Dialog title={t("builder.run.title")} isOpen onClose={onClose} isWide>
      <Stack gap={4}>
        <Text tone="muted">{t("builder.run.why")}</Text>
        {told === null ? (
          <Begin schema={inputOf(text)} problems={problems} isBusy={going.isPending} onBegin={(input) => going.mutate({ input, answers: [] })} />
        ) : (
          <>
            <Route steps={told.trial.steps} />
            {told.trial.waiting.length > 0 && (
              <Answering key={told.script.answers.length} waiting={told.trial.waiting} problems={problems} isBusy={going.isPending} onAnswer={(answer) => go([...told.script.answers, answer])} />
            )}
            <End of={told.trial} />
          </>
        )}
        <Refused error={said} />
        {told !== null && (
          <Row>
            <Button disabled={told.script.answers.length === 0 || going.isPending} onClick={() => go(told.script.answers.slice(0, -1))}>
              {t("builder.run.back")}
            </Button>
            <Button onClick={again}>{t("builder.run.again")}</Button>
          </Row>
        )}
      </Stack>
    </Dialog>
  );
}

function Begin({ schema, problems, isBusy, onBegin }: { schema: Schema | null; problems: ReadonlyMap<string, string>; isBusy: boolean; onBegin: (input: Record<string, unknown>) => void }) {
  const { t } = useTranslation("workflows");
  const [values, setValues] = useState(() => beginWith(schema ?? {}, {}));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onBegin(values);
      }}
    >
      <Stack gap={3}>
        {schema !== null && <SchemaForm schema={schema} values={values} onChange={setValues} problems={problems} />}
        <Row>
          <Button type="submit" emphasis="primary" isBusy={isBusy}>
            {t("builder.run.begin")}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}

interface AnsweringProps {
  waiting: readonly TrialWaiting[];
  problems: ReadonlyMap<string, string>;
  isBusy: boolean;
  onAnswer: (answer: TrialAnswer) => void;
}

/** Which step ends, and how. */
function Answering({ waiting, ...rest }: AnsweringProps) {
  const { t } = useTranslation("workflows");
  const [number, setNumber] = useState<number | null>(null);
  const step = waiting.find((one) => one.number === number) ?? waiting[0];
  if (step === undefined) return null;
  const tasks = [...new Map(waiting.toReversed().map((one) => [one.task, one])).values()].toReversed();
  return (
    <Stack gap={3}>
      {tasks.length > 1 && (
        <Select
          areNames
          label={t("builder.run.which")}
          value={String(step.number)}
          choices={tasks.map((one) => ({ value: String(one.number), label: one.name }))}
          onChange={(value) => setNumber(Number(value))}
        />
      )}
      <Answer key={step.number} step={step} {...rest} />
    </Stack>
  );
}

function Answer({ step, problems, isBusy, onAnswer }: Omit<AnsweringProps, "waiting"> & { step: TrialWaiting }) {
  const { t } = useTranslation(["workflows", "common"]);
  const label = t("builder.run.gives");
  const { schema, isWhole } = useMemo(() => formOf(step, label), [step, label]);
  const [values, setValues] = useState(() => beginWith(schema, {}));
  const isTimed = waitsForInstant(step);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(answerWith(step, values, isWhole));
      }}
    >
      <Stack gap={3}>
        <Text isStrong>
          <span translate="no">{step.name}</span>
        </Text>
        <Given of={step} />
        <SchemaForm schema={schema} values={values} onChange={setValues} problems={problems} />
        <Row>
          <Button type="submit" emphasis="primary" isBusy={isBusy}>
            {t(isTimed ? "builder.run.pass" : "builder.run.go_on")}
          </Button>
          {!isTimed && (
            <Button disabled={isBusy} onClick={() => onAnswer({ task: step.task, error: t("builder.run.error") })}>
              {t("builder.run.fail")}
            </Button>
          )}
        </Row>
      </Stack>
    </form>
  );
}

/** What a worker or another run is given, or what is waited for. */
function Given({ of: { given, kind } }: { of: TrialWaiting }) {
  const { t } = useTranslation("workflows");
  if (kind === "human" || typeof given !== "object" || given === null || Object.keys(given).length === 0) return null;
  return (
    <details>
      <summary>{t("builder.run.given")}</summary>
      <Values of={given as Record<string, unknown>} />
    </details>
  );
}

const ENDS = { completed: "ok", failed: "bad", cancelled: "warn" } as const;

/** How the run ended, and what came out. */
function End({ of: { status, output, error } }: { of: Trial }) {
  const { t } = useTranslation(["workflows", "common"]);
  if (status === "pending" || status === "active") return null;
  const said = (error as { message?: string } | null)?.message;
  return (
    <div role="status">
      <Notice tone={ENDS[status]} title={t("builder.run.ended", { status: t(`common:status.case.${status}`) })}>
        {said !== undefined && <span translate="no">{said}</span>}
        {output !== null && typeof output === "object" && <Values of={output as Record<string, unknown>} />}
      </Notice>
    </div>
  );
}
