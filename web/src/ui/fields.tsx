import {
  Checkbox as MantineCheckbox,
  MultiSelect as MantineMultiSelect,
  NumberInput,
  PasswordInput,
  Select as MantineSelect,
  Switch as MantineSwitch,
  Textarea,
  TextInput,
} from "@mantine/core";
import type { ReactNode, Ref } from "react";
import { useTranslation } from "react-i18next";
import type { Choice } from "./controls";
import classes from "./fields.module.css";

/** What every field has. `error` is shown at the field and read with it. */
export interface FieldProps<T> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  description?: ReactNode;
  error?: string | undefined;
  isRequired?: boolean;
  isDisabled?: boolean;
  name?: string;
  ref?: Ref<HTMLInputElement>;
}

function common({ label, description, error, isRequired, isDisabled, name }: Omit<FieldProps<unknown>, "value" | "onChange">) {
  return {
    label,
    description,
    error,
    name,
    required: isRequired ?? false,
    disabled: isDisabled ?? false,
    size: "sm" as const,
    classNames: { label: classes["label"] ?? "", description: classes["description"] ?? "", error: classes["error"] ?? "" },
  };
}

interface TextFieldProps extends FieldProps<string> {
  kind?: "text" | "email" | "password" | "date" | "datetime-local" | "time" | "url" | "search";
  autoComplete?: string;
  placeholder?: string;
  lengthMax?: number | undefined;
}

export function TextField({ kind = "text", autoComplete, placeholder, lengthMax, ref, ...field }: TextFieldProps) {
  const { t } = useTranslation();
  const rest = {
    ...common(field),
    value: field.value,
    placeholder,
    autoComplete,
    maxLength: lengthMax,
    onChange: (event: { currentTarget: { value: string } }) => field.onChange(event.currentTarget.value),
  };
  return kind === "password" ? <PasswordInput ref={ref} {...rest} visibilityToggleButtonProps={{ "aria-label": t("show_password") }} /> : <TextInput ref={ref} type={kind} {...rest} />;
}

export function TextArea({ lengthMax, rows = 3, ...field }: Omit<FieldProps<string>, "ref"> & { lengthMax?: number | undefined; rows?: number; placeholder?: string }) {
  return (
    <Textarea
      {...common(field)}
      value={field.value}
      placeholder={field.placeholder}
      maxLength={lengthMax}
      minRows={rows}
      maxRows={16}
      autosize
      onChange={(event) => field.onChange(event.currentTarget.value)}
    />
  );
}

interface NumberFieldProps extends FieldProps<number | null> {
  isWhole?: boolean;
  min?: number | undefined;
  max?: number | undefined;
}

export function NumberField({ isWhole = false, min, max, ref, ...field }: NumberFieldProps) {
  return (
    <NumberInput
      ref={ref}
      {...common(field)}
      value={field.value ?? ""}
      allowDecimal={!isWhole}
      min={min}
      max={max}
      clampBehavior="none"
      onChange={(value) => field.onChange(typeof value === "number" ? value : null)}
    />
  );
}

interface SelectProps<T extends string> extends FieldProps<T | null> {
  choices: readonly Choice<T>[];
  isClearable?: boolean;
  placeholder?: string;
  /** Whether the choices are somebody's own words, which no language changes. */
  areNames?: boolean;
}

const SEARCHABLE_FROM = 8;

/** What may be chosen is there while it is shown: a form with ten fields of 200 choices would else hold them all. */
const DROPDOWN = { shadow: "md", keepMounted: false };

export function Select<T extends string>({ choices, isClearable = false, placeholder, areNames = false, ref, ...field }: SelectProps<T>) {
  return (
    <MantineSelect
      ref={ref}
      {...common(field)}
      data={choices.map((choice) => ({ ...choice }))}
      value={field.value}
      placeholder={placeholder}
      clearable={isClearable}
      allowDeselect={false}
      searchable={choices.length >= SEARCHABLE_FROM}
      comboboxProps={DROPDOWN}
      {...(areNames ? { renderOption: nameOption } : {})}
      onChange={(value: T | null) => field.onChange(value)}
    />
  );
}

function nameOption({ option }: { option: { label: string } }) {
  return <span translate="no">{option.label}</span>;
}

export function MultiSelect({ choices, ...field }: FieldProps<readonly string[]> & { choices: readonly Choice<string>[] }) {
  return (
    <MantineMultiSelect
      {...common(field)}
      data={choices.map((choice) => ({ ...choice }))}
      value={[...field.value]}
      comboboxProps={DROPDOWN}
      onChange={(value) => field.onChange(value)}
    />
  );
}

export function Checkbox({ value, onChange, ref, ...field }: FieldProps<boolean>) {
  return <MantineCheckbox ref={ref} {...common(field)} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

/** A box without visible words, for rows that are marked. */
export function Mark({ label, isMarked, isMixed = false, onChange }: { label: string; isMarked: boolean; isMixed?: boolean; onChange: (marked: boolean, event: { shiftKey: boolean }) => void }) {
  return (
    <MantineCheckbox
      aria-label={label}
      size="xs"
      checked={isMarked}
      indeterminate={isMixed}
      className={classes["mark"] ?? ""}
      onChange={(event) => onChange(event.currentTarget.checked, event.nativeEvent as unknown as { shiftKey: boolean })}
    />
  );
}

export function Switch({ value, onChange, ref, ...field }: FieldProps<boolean>) {
  return <MantineSwitch ref={ref} {...common(field)} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
}
