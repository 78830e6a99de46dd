import { useTranslation } from "react-i18next";
import { Badge, Stack, Table, Text, Value, type Tone } from "@/ui";
import { lineChanges, type FieldChange, type TaskChange } from "./compare";
import classes from "./builder.module.css";

export const TONES: Record<TaskChange["change"], Tone> = { added: "ok", removed: "bad", changed: "warn" };

/** What became of each task, field by field. */
export function TaskChanges({ changes }: { changes: readonly TaskChange[] }) {
  const { t } = useTranslation("workflows");
  return (
    <ul className={classes["changes"]}>
      {changes.map((one) => (
        <li key={one.key}>
          <Stack gap={2}>
            <Text isStrong>
              <span translate="no">{one.name}</span> <Badge tone={TONES[one.change]}>{t(`builder.is_${one.change}`)}</Badge>
            </Text>
            {one.fields.length > 0 && <FieldChanges name={one.name} fields={one.fields} />}
          </Stack>
        </li>
      ))}
    </ul>
  );
}

/** What fields were and are. */
export function FieldChanges({ name, fields }: { name: string; fields: readonly FieldChange[] }) {
  const { t } = useTranslation("workflows");
  return (
    <Table
      caption={t("versions.fields", { name })}
      rows={fields}
      keyOf={(one) => one.field}
      columns={[
        { key: "field", label: t("versions.field"), cell: (one) => <span translate="no">{one.field}</span> },
        { key: "before", label: t("versions.before"), cell: (one) => <Value value={one.before} /> },
        { key: "after", label: t("versions.after"), cell: (one) => <Value value={one.after} /> },
      ]}
    />
  );
}

const SIGNS = { same: " ", added: "+", removed: "-", gap: "…" } as const;

/** What became of a text, line by line. */
export function LineChanges({ before, after, label }: { before: string; after: string; label: string }) {
  const { t } = useTranslation("workflows");
  const lines = lineChanges(before, after);
  return (
    <div className={classes["lines"]} translate="no" tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, index) => (
        <div key={index} data-kind={line.kind}>
          <span aria-hidden>{SIGNS[line.kind]}</span>
          {(line.kind === "added" || line.kind === "removed") && <span className="visually-hidden">{t(`builder.is_${line.kind}`)}: </span>}
          <code>{line.text}</code>
        </div>
      ))}
    </div>
  );
}
