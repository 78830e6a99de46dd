import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { moveActivity, useActivityChange, type Activity } from "@/api/activities";
import { ApiError } from "@/api/errors";
import { useMe } from "@/api/session";
import { byPointer, missing } from "@/forms/schema";
import { focusFirst, SchemaForm } from "@/forms/SchemaForm";
import { Button, IconCheck, IconPencil, IconPlayerPlay, IconX, Refused, Row, Stack, Text, TextArea, toast } from "@/ui";
import { editingOf, type Ask, type Call, type Verdict } from "./asking";

const HELD = new Set(["assigned", "in-progress", "paused"]);
const REASON_MAX = 2_000;

interface Props {
  activity: Activity;
  ask: Ask;
  call: Call;
  onDecided?: () => void;
}

/** Where a person accepts, edits or refuses a tool's call; whoever has it not takes it with the decision. */
export function Approval({ activity, ask, call, onDecided }: Props) {
  const { t } = useTranslation("asking");
  const me = useMe();
  const { status, assigned_account_id: holder } = activity.attributes;
  const [mode, setMode] = useState<"choose" | "edit" | "refuse">("choose");
  const taking = useActivityChange(() => moveActivity(activity.id, { kind: "assign", accountId: me.accountId, startWorking: true }));
  const deciding = useActivityChange((verdict: Verdict) => moveActivity(activity.id, { kind: "complete", data: { ...verdict }, takes: true }));
  const decide = (verdict: Verdict) =>
    deciding.mutate(verdict, {
      onSuccess: () => {
        toast({ message: t(`done.${verdict.decision}`, { name: call.tool }) });
        onDecided?.();
      },
    });
  if (status !== "pending" && !(HELD.has(status) && holder === me.accountId)) return <Text tone="muted">{t(HELD.has(status) ? "held" : "over")}</Text>;
  if (call.arguments === null) {
    return (
      <Stack gap={2}>
        <Text>{t("hidden")}</Text>
        <Refused error={taking.error} />
        <Row>
          <Button emphasis="primary" icon={IconPlayerPlay} isBusy={taking.isPending} onClick={() => taking.mutate(undefined)}>
            {t("take")}
          </Button>
        </Row>
      </Stack>
    );
  }
  const back = () => setMode("choose");
  const shared = { onBack: back, onDecide: decide, isBusy: deciding.isPending };
  return (
    <Stack gap={3}>
      <Because words={call.because} />
      {mode === "edit" && <Edit {...shared} ask={ask} call={call} error={deciding.error} />}
      {mode === "refuse" && <Refuse {...shared} />}
      {mode !== "edit" && <Refused error={deciding.error} />}
      {mode === "choose" && (
        <Row>
          <Button emphasis="primary" icon={IconCheck} isBusy={deciding.isPending} onClick={() => decide({ decision: "accept" })}>
            {t("accept")}
          </Button>
          <Button icon={IconPencil} onClick={() => setMode("edit")}>
            {t("edit")}
          </Button>
          <Button icon={IconX} onClick={() => setMode("refuse")}>
            {t("refuse")}
          </Button>
        </Row>
      )}
    </Stack>
  );
}

/** Why a person is asked before the call is made. */
export function Because({ words }: { words: string | null }) {
  const { t } = useTranslation("asking");
  if (words === null) return null;
  return (
    <Text size="sm">
      {t("because")} <span translate="no">{words}</span>
    </Text>
  );
}

interface DecidingProps {
  onBack: () => void;
  onDecide: (verdict: Verdict) => void;
  isBusy: boolean;
}

function Edit({ ask, call, error, onBack, onDecide, isBusy }: DecidingProps & { ask: Ask; call: Call; error: Error | null }) {
  const { t } = useTranslation(["asking", "common"]);
  const [editing] = useState(() => editingOf(ask, call, t("arguments")));
  const [values, setValues] = useState(editing.first);
  const [empty, setEmpty] = useState<ReadonlyMap<string, string>>(new Map());
  const form = useRef<HTMLFormElement>(null);
  const told = error instanceof ApiError ? byPointer(error.problems, editing.prefix) : new Map<string, string>();
  const isAtFields = told.size > 0 && [...told.keys()].every((pointer) => Object.keys(editing.schema.properties ?? {}).includes(pointer.split("/")[1] ?? ""));
  const send = () => {
    const left = new Map(missing(editing.schema, values).map((pointer) => [pointer, t("needed")]));
    setEmpty(left);
    if (left.size > 0) focusFirst(form.current, left);
    else onDecide({ decision: "edit", arguments: editing.argumentsOf(values) });
  };
  return (
    <form
      ref={form}
      noValidate
      aria-label={t("editing")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap={3}>
        <SchemaForm schema={editing.schema} values={values} onChange={setValues} problems={empty.size > 0 ? empty : told} />
        {!isAtFields && <Refused error={error} />}
        <Row>
          <Button type="submit" emphasis="primary" icon={IconCheck} isBusy={isBusy}>
            {t("accept_edited")}
          </Button>
          <Button onClick={onBack}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </form>
  );
}

function Refuse({ onBack, onDecide, isBusy }: DecidingProps) {
  const { t } = useTranslation(["asking", "common"]);
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  return (
    <form
      noValidate
      aria-label={t("refusing")}
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(reason.trim() === "");
        if (reason.trim() !== "") onDecide({ decision: "refuse", reason: reason.trim() });
      }}
    >
      <Stack gap={3}>
        <TextArea label={t("reason")} description={t("reason_why")} isRequired value={reason} lengthMax={REASON_MAX} error={isMissing ? t("needed") : undefined} onChange={setReason} />
        <Row>
          <Button type="submit" emphasis="danger" icon={IconX} isBusy={isBusy}>
            {t("refuse_do")}
          </Button>
          <Button onClick={onBack}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </form>
  );
}
