import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconDownload, Panel, Row, Segmented, Table, Text } from "@/ui";
import { csvOf, download } from "./csv";
import classes from "./analytics.module.css";

/** A measure: how its numbers are written, and which of the chart's looks its bars have. */
export interface Measure {
  key: string;
  label: string;
  shown: (value: number) => string;
}

export interface ChartRow {
  key: string;
  /** What the row is about; `isName` where somebody named it. */
  label: string;
  values: readonly (number | null)[];
}

interface ChartProps {
  title: string;
  subject: string;
  file: string;
  measures: readonly Measure[];
  rows: readonly ChartRow[];
  children: ReactNode;
  note?: string;
}

/** A chart with its table twin and its file: the same numbers three times. */
export function Chart({ title, subject, file, measures, rows, children, note }: ChartProps) {
  const { t } = useTranslation(["analytics", "common"]);
  const [look, setLook] = useState<"chart" | "table">("chart");
  const save = () => download(`${file}.csv`, csvOf([[subject, ...measures.map((one) => one.label)], ...rows.map((row) => [row.label, ...row.values.map((value) => value ?? "")])]));
  return (
    <Panel
      title={title}
      aside={
        rows.length > 0 && (
          <Row>
            <Segmented
              label={`${title}: ${t("look")}`}
              value={look}
              choices={[
                { value: "chart", label: t("chart") },
                { value: "table", label: t("table") },
              ]}
              onChange={setLook}
            />
            <Button icon={IconDownload} aria-label={`${title}: ${t("csv")}`} onClick={save}>
              {t("csv")}
            </Button>
          </Row>
        )
      }
    >
      {rows.length === 0 && <Text tone="muted">{t("nothing")}</Text>}
      {rows.length > 0 && look === "chart" && children}
      {rows.length > 0 && look === "table" && (
        <Table
          caption={title}
          rows={rows}
          keyOf={(row) => row.key}
          columns={[
            { key: "subject", label: subject, cell: (row) => <span translate="no">{row.label}</span> },
            ...measures.map((measure, at) => ({
              key: measure.key,
              label: measure.label,
              isNumber: true,
              cell: (row: ChartRow) => <span translate="no">{row.values[at] == null ? "–" : measure.shown(row.values[at])}</span>,
            })),
          ]}
        />
      )}
      {note !== undefined && (
        <Text size="xs" tone="muted">
          {note}
        </Text>
      )}
    </Panel>
  );
}

/** The rows with their first values alone: a chart shows fewer than its table. */
export function first(rows: readonly ChartRow[], count: number): ChartRow[] {
  return rows.map((row) => ({ ...row, values: row.values.slice(0, count) }));
}

/** What each look stands for. */
export function Legend({ measures }: { measures: readonly Measure[] }) {
  return (
    <ul className={classes["legend"]}>
      {measures.map((measure, at) => (
        <li key={measure.key}>
          <svg width="14" height="14" aria-hidden>
            <rect width="14" height="14" rx="3" className={classes[`look${at}`]} />
          </svg>
          {measure.label}
        </li>
      ))}
    </ul>
  );
}
