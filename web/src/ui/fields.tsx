import {
  Checkbox as MantineCheckbox,
  defaultOptionsFilter,
  MultiSelect as MantineMultiSelect,
  NumberInput,
  PasswordInput,
  Select as MantineSelect,
  Switch as MantineSwitch,
  Textarea,
  TextInput,
  type ComboboxItem,
  type OptionsFilter,
} from "@mantine/core";
import { useMemo, useState, useTransition, type ReactNode, type Ref } from "react";
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
      rows={rows}
      className={classes["area"] ?? ""}
      style={{ "--rows": rows }}
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

/** More than a list shows at once. So many are there when it opens, around the chosen one; the others a moment later. */
const FIRST_CHOICES = 30;

export function Select<T extends string>({ choices, isClearable = false, placeholder, areNames = false, ref, ...field }: SelectProps<T>) {
  const data = useMemo(() => choices.map((choice) => ({ ...choice })), [choices]);
  const [isWhole, setWhole] = useState(false);
  const [, begin] = useTransition();
  const first: OptionsFilter<T> = (found) => {
    const options = defaultOptionsFilter(found) as ComboboxItem<T>[];
    const from = Math.max(0, options.findIndex((option) => option.value === field.value) - FIRST_CHOICES / 2);
    return options.slice(from, from + FIRST_CHOICES);
  };
  return (
    <MantineSelect
      ref={ref}
      {...common(field)}
      data={data}
      {...(isWhole ? {} : { filter: first })}
      onDropdownOpen={() => begin(() => setWhole(true))}
      onDropdownClose={() => setWhole(false)}
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
