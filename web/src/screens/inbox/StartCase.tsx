import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { startCase } from "@/api/cases";
import { useChange } from "@/api/change";
import { ApiError } from "@/api/errors";
import { useWorkspace } from "@/api/session";
import { allWorkflowsQuery, definitionQuery } from "@/api/workflows";
import { beginWith, byPointer, missing, type Schema } from "@/forms/schema";
import { focusFirst, SchemaForm } from "@/forms/SchemaForm";
import { Button, Dialog, Refused, Row, Select, Stack, TextField, Waiting } from "@/ui";

/** Begins a case: of which workflow, what it is called, and what it comes with. */
export function StartCase({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["inbox", "common"]);
  const workspace = useWorkspace();
  const workflows = useQuery(allWorkflowsQuery(workspace));
  const [chosen, setChosen] = useState<string | null>(null);
  const id = Number(chosen ?? workflows.data?.[0]?.id ?? 0);
  const definition = useQuery({ ...definitionQuery(workspace, id, 0), enabled: id > 0 });
  return (
    <Dialog title={t("first.start")} isOpen onClose={onClose}>
      <Stack gap={3}>
        <Select
          areNames
          label={t("workflow")}
          value={id > 0 ? String(id) : null}
          choices={(workflows.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
          onChange={setChosen}
        />
        {definition.data === undefined ? <Waiting lines={3} /> : <Form key={id} workflow={id} schema={schemaOf(definition.data.input)} onClose={onClose} />}
      </Stack>
    </Dialog>
  );
}

function schemaOf(input: unknown): Schema {
  return typeof input === "object" && input !== null ? input : {};
}

function Form({ workflow, schema, onClose }: { workflow: number; schema: Schema; onClose: () => void }) {
  const { t } = useTranslation(["inbox", "common"]);
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const form = useRef<HTMLFormElement>(null);
  const [title, setTitle] = useState("");
  const [values, setValues] = useState(() => beginWith(schema, {}));
  const [empty, setEmpty] = useState<ReadonlyMap<string, string>>(new Map());
  const start = useChange({
    act: () => startCase(workspace, { workflowId: workflow, input: values, ...(title === "" ? {} : { title }) }),
    touches: ["cases", "activities", "workflows"],
    onDone: (made) => void navigate({ to: "/w/$workspace/cases/$case", params: { workspace, case: String(made.id) } }),
  });
  const said = start.error instanceof ApiError ? byPointer(start.error.problems, "/input") : new Map<string, string>();
  const send = () => {
    const left = new Map(missing(schema, values).map((pointer) => [pointer, t("required")]));
    setEmpty(left);
    if (left.size > 0) focusFirst(form.current, left);
    else start.mutate();
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
        <TextField label={t("first.called")} lengthMax={200} value={title} onChange={setTitle} />
        <SchemaForm schema={schema} values={values} onChange={setValues} problems={empty.size > 0 ? empty : said} />
        <Refused error={start.error} />
        <Row>
          <Button type="submit" emphasis="primary" isBusy={start.isPending}>
            {t("first.do.start")}
          </Button>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </form>
  );
}
