import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { moveActivity, useActivityChange, type Activity } from "@/api/activities";
import { ApiError } from "@/api/errors";
import { beginWith, byPointer, missing } from "@/forms/schema";
import { focusFirst, SchemaForm } from "@/forms/SchemaForm";
import { Button, IconSend, Refused, Row, Stack, Text, toast } from "@/ui";
import { formOf, type Ask } from "./asking";

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Where a person answers what an agent wants to know, by the question's own form; whoever has it not takes it with the answer. */
export function Answer({ activity, ask }: { activity: Activity; ask: Ask }) {
  const { t } = useTranslation("asking");
  const { name, data } = activity.attributes;
  const schema = useMemo(() => formOf(ask), [ask]);
  const [values, setValues] = useState(() => beginWith(schema, data));
  const [problems, setProblems] = useState(NOTHING);
  const form = useRef<HTMLFormElement>(null);
  const answering = useActivityChange(async (answer: Record<string, unknown>) => {
    await moveActivity(activity.id, { kind: "complete", data: answer, takes: true });
    toast({ message: t("done.answer", { name }) }); // here, for the form goes before the change has settled
  });
  const tell = (told: ReadonlyMap<string, string>) => {
    setProblems(told);
    focusFirst(form.current, told);
  };
  const send = () => {
    const empty = new Map(missing(schema, values).map((pointer) => [pointer, t("needed")]));
    tell(empty);
    if (empty.size > 0) return;
    answering.mutate(values, { onError: (error) => tell(error instanceof ApiError ? byPointer(error.problems) : NOTHING) });
  };
  const isAtFields = problems.size > 0 && [...problems.keys()].every((pointer) => pointer !== "");
  return (
    <form
      ref={form}
      noValidate
      aria-label={t("answering")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap={3}>
        <Text translate="no">{ask.prompt}</Text>
        <SchemaForm schema={schema} values={values} onChange={setValues} problems={problems} />
        {!isAtFields && <Refused error={answering.error} />}
        <Row>
          <Button type="submit" emphasis="primary" icon={IconSend} isBusy={answering.isPending}>
            {t("answer")}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}
