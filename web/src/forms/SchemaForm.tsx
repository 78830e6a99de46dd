/** A form made of a JSON Schema. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Checkbox, Heading, IconButton, IconPlus, IconTrash, MultiSelect, NumberField, Select, Stack, TextArea, TextField } from "@/ui";
import { below, changed, emptyOf, kindOf, labelOf, type Schema } from "./schema";
import classes from "./forms.module.css";

interface FormProps {
  schema: Schema;
  values: Record<string, unknown>;
  onChange: (values: Record<string, unknown>) => void;
  /** What is wrong, by the pointer of the field. */
  problems: ReadonlyMap<string, string>;
  isDisabled?: boolean;
  pointer?: string;
}

export function SchemaForm({ schema, values, onChange, problems, isDisabled = false, pointer = "" }: FormProps) {
  return (
    <div className={classes["form"]}>
      {Object.entries(schema.properties ?? {}).map(([name, one]) => (
        <div key={name} data-pointer={below(pointer, name)}>
          <SchemaField
          schema={one}
          label={labelOf(one, name)}
          value={values[name]}
          isRequired={schema.required?.includes(name) ?? false}
          isDisabled={isDisabled || one.readOnly === true}
          problems={problems}
          pointer={below(pointer, name)}
          onChange={(value) => onChange(changed(values, name, value))}
          />
        </div>
      ))}
    </div>
  );
}

/** Puts the cursor into the first field, in the order of the form, that something is wrong with. */
export function focusFirst(form: HTMLElement | null, problems: ReadonlyMap<string, string>): void {
  const places = [...(form?.querySelectorAll<HTMLElement>("[data-pointer]") ?? [])];
  const place = places.find((one) => problems.has(one.dataset["pointer"] ?? ""));
  place?.querySelector<HTMLElement>("input:not([type=hidden]), textarea, button")?.focus();
}

interface SchemaFieldProps {
  schema: Schema;
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
  isRequired: boolean;
  isDisabled: boolean;
  problems: ReadonlyMap<string, string>;
  pointer: string;
}

const TEXT_KINDS = { text: "text", email: "email", url: "url", date: "date", time: "time" } as const;

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function SchemaField(field: SchemaFieldProps) {
  const { t } = useTranslation();
  const { schema, label, value, onChange, isRequired, isDisabled, problems, pointer } = field;
  const common = { label, isRequired, isDisabled, description: schema.description, error: problems.get(pointer), name: pointer };
  const kind = kindOf(schema);
  const write = (typed: string) => onChange(typed === "" ? undefined : typed);
  switch (kind) {
    case "long":
      return <TextArea {...common} value={text(value)} lengthMax={schema.maxLength} onChange={write} />;
    case "number":
    case "integer":
      return (
        <NumberField
          {...common}
          value={typeof value === "number" ? value : null}
          isWhole={kind === "integer"}
          min={schema.minimum}
          max={schema.maximum}
          onChange={(typed) => onChange(typed ?? undefined)}
        />
      );
    case "boolean":
      if (!isRequired) return <Checkbox {...common} value={value === true} onChange={onChange} />;
      return (
        <Select
          {...common}
          value={typeof value === "boolean" ? String(value) : null}
          choices={[
            { value: "true", label: t("value.yes") },
            { value: "false", label: t("value.no") },
          ]}
          onChange={(chosen) => onChange(chosen === null ? undefined : chosen === "true")}
        />
      );
    case "choice":
      return <ChoiceField {...field} />;
    case "choices":
      return (
        <MultiSelect
          {...common}
          value={Array.isArray(value) ? value.map(String) : []}
          choices={(schema.items?.enum ?? []).map((one) => ({ value: String(one), label: wordOf(one) }))}
          onChange={(chosen) => onChange((schema.items?.enum ?? []).filter((one) => chosen.includes(String(one))))}
        />
      );
    case "datetime":
      return <TextField {...common} kind="datetime-local" value={toLocal(text(value))} onChange={(typed) => onChange(typed === "" ? undefined : new Date(typed).toISOString())} />;
    case "group":
      return <Group {...field} />;
    case "list":
      return <List {...field} />;
    case "json":
      return <JsonField {...field} />;
    default:
      return <TextField {...common} kind={TEXT_KINDS[kind]} value={text(value)} lengthMax={schema.maxLength} onChange={write} />;
  }
}

/** An instant as the browser's own field takes it: the reader's time, without a zone. */
function toLocal(instant: string): string {
  if (instant === "") return "";
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function wordOf(value: unknown): string {
  const word = typeof value === "string" ? value.replaceAll("_", " ") : JSON.stringify(value);
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function ChoiceField({ schema, label, value, onChange, isRequired, isDisabled, problems, pointer }: SchemaFieldProps) {
  const values = schema.enum ?? [];
  const chosen = values.findIndex((one) => one === value);
  return (
    <Select
      areNames
      label={label}
      name={pointer}
      description={schema.description}
      error={problems.get(pointer)}
      isRequired={isRequired}
      isDisabled={isDisabled}
      isClearable={!isRequired}
      value={chosen === -1 ? null : String(chosen)}
      choices={values.map((one, index) => ({ value: String(index), label: wordOf(one) }))}
      onChange={(index) => onChange(index === null ? undefined : values[Number(index)])}
    />
  );
}

function Group({ schema, label, value, onChange, isDisabled, problems, pointer }: SchemaFieldProps) {
  return (
    <fieldset className={classes["group"]}>
      <legend>{label}</legend>
      <SchemaForm
        schema={schema}
        values={(value ?? {}) as Record<string, unknown>}
        onChange={onChange}
        problems={problems}
        isDisabled={isDisabled}
        pointer={pointer}
      />
    </fieldset>
  );
}

function List({ schema, label, value, onChange, isDisabled, problems, pointer }: SchemaFieldProps) {
  const { t } = useTranslation();
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const item = schema.items ?? {};
  const mayAdd = !isDisabled && items.length < (schema.maxItems ?? Infinity);
  return (
    <div role="group" aria-label={label} className={classes["group"]}>
      <Heading level={3}>{label}</Heading>
      <Stack gap={2}>
        {items.map((one, index) => (
          <div key={index} className={classes["item"]}>
            <SchemaField
              schema={item}
              label={`${labelOf(item, label)} ${index + 1}`}
              value={one}
              isRequired={false}
              isDisabled={isDisabled}
              problems={problems}
              pointer={below(pointer, index)}
              onChange={(next) => onChange(items.with(index, next ?? emptyOf(item)))}
            />
            <IconButton icon={IconTrash} label={t("form.remove", { number: index + 1 })} disabled={isDisabled} onClick={() => onChange(items.toSpliced(index, 1))} />
          </div>
        ))}
        <div>
          <Button icon={IconPlus} disabled={!mayAdd} onClick={() => onChange([...items, emptyOf(item)])}>
            {t("form.add")}
          </Button>
        </div>
      </Stack>
    </div>
  );
}

function JsonField({ schema, label, value, onChange, isRequired, isDisabled, problems, pointer }: SchemaFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [isWrong, setWrong] = useState(false);
  return (
    <TextArea
      label={label}
      name={pointer}
      description={schema.description}
      isRequired={isRequired}
      isDisabled={isDisabled}
      error={isWrong ? t("form.no_json") : problems.get(pointer)}
      value={typed}
      onChange={(next) => {
        setTyped(next);
        try {
          onChange(next.trim() === "" ? undefined : (JSON.parse(next) as unknown));
          setWrong(false);
        } catch {
          setWrong(true);
        }
      }}
    />
  );
}
