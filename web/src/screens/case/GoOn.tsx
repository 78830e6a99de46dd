import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import type { Decision, Incident } from "@/api/incidents";
import { useWorkspace } from "@/api/session";
import { definitionQuery } from "@/api/workflows";
import { beginWith, byPointer, missing, type Schema } from "@/forms/schema";
import { focusFirst, SchemaForm } from "@/forms/SchemaForm";
import { Button, Dialog, Refused, Row, Stack, Text, Waiting } from "@/ui";

interface Props {
  incident: Incident;
  version: number;
  act: { mutate: (decision: Decision) => void; error: Error | null; isPending: boolean };
  onClose: () => void;
}

interface TaskLike {
  key: string;
  form?: unknown;
  output?: unknown;
}

/** A form of what the step would have given, in the place of its output. */
export function GoOn({ incident, version, act, onClose }: Props) {
  const { t } = useTranslation(["case", "common"]);
  const definition = useQuery(definitionQuery(useWorkspace(), incident.workflowId, version));
  const task = (definition.data?.tasks as readonly TaskLike[] | undefined)?.find((one) => one.key === incident.taskKey);
  return (
    <Dialog title={t("incidents.resolve")} isOpen onClose={onClose}>
      {definition.isPending ? <Waiting /> : <Form schema={schemaOf(task)} first={incident.answer ?? incident.data} act={act} onClose={onClose} />}
    </Dialog>
  );
}

/** The schema of what a task gives; where it asks for nothing that has fields, any JSON. */
function schemaOf(task: TaskLike | undefined): Schema | null {
  const schema = [task?.output, task?.form].find((one) => typeof one === "object" && one !== null && "properties" in one);
  return (schema as Schema | undefined) ?? null;
}

function Form({ schema, first, act, onClose }: { schema: Schema | null; first: unknown } & Pick<Props, "act" | "onClose">) {
  const { t } = useTranslation(["case", "common"]);
  const [values, setValues] = useState(() => (schema === null ? {} : beginWith(schema, fitting(schema, first))));
  const [empty, setEmpty] = useState<ReadonlyMap<string, string>>(new Map());
  const form = useRef<HTMLFormElement>(null);
  const asked = schema ?? { required: ["output"], properties: { output: { title: t("incidents.json") } } };
  const said = act.error instanceof ApiError ? byPointer(act.error.problems, "/output") : new Map<string, string>();
  const send = () => {
    const left = new Map(missing(asked, values).map((pointer) => [pointer, t("incidents.needed")]));
    setEmpty(left);
    if (left.size > 0) focusFirst(form.current, left);
    else act.mutate({ how: "resolve", output: schema === null ? values["output"] : values });
  };
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap={3}>
        <Text tone="muted">{t("incidents.why.resolve")}</Text>
        <Refused error={act.error} />
        <SchemaForm schema={asked} values={values} onChange={setValues} problems={empty.size > 0 ? empty : said} />
        <Row>
          <Button type="submit" emphasis="primary" isBusy={act.isPending}>
            {t("incidents.go_on")}
          </Button>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </form>
  );
}

/** Of what did not fit, or was given, the fields that the form asks for. */
function fitting(schema: Schema, value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => name in (schema.properties ?? {})));
}
