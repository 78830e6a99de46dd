import { memo, useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/i18n/format";
import { Button } from "./controls";
import classes from "./data.module.css";
import { useGrowing } from "./growing";

const SECOND = 1_000;
const MINUTE = 60_000;

/** Now, again after every `every` milliseconds; 0 stands still. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (every === 0) return undefined;
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** How long ago, with the instant itself on demand. */
export function Ago({ at }: { at: string }) {
  const now = useNow(MINUTE);
  const format = useFormat();
  return (
    <time dateTime={at} title={format.instant(at)} translate="no">
      {format.relative(at, now)}
    </time>
  );
}

export function Instant({ at }: { at: string }) {
  const format = useFormat();
  return (
    <time dateTime={at} translate="no">
      {format.instant(at)}
    </time>
  );
}

/** A length of time. `runningSince`: when it was measured, where it goes on since then. */
export function Clock({ seconds, runningSince }: { seconds: number; runningSince?: number | undefined }) {
  const format = useFormat();
  const now = useNow(runningSince === undefined ? 0 : SECOND);
  const more = runningSince === undefined ? 0 : Math.max(0, (now - runningSince) / SECOND);
  return (
    <span className={classes["clock"]} translate="no" data-running={runningSince !== undefined || undefined}>
      {format.duration(seconds + more)}
    </span>
  );
}

export interface Column<T> {
  key: string;
  label: string;
  cell: (row: T) => ReactNode;
  isNumber?: boolean;
}

/** Rows that a frame adds to a long table; a page of a list has as many. */
const SLICE = 50;

/** Rows that are the same as before are not drawn anew, as long as `columns` are the same object too. */
export function Table<T>({ caption, columns, rows, keyOf }: { caption: string; columns: readonly Column<T>[]; rows: readonly T[]; keyOf: (row: T) => string | number }) {
  const count = useGrowing(rows.length, SLICE);
  return (
    <div className={classes["scroll"]} tabIndex={0} role="region" aria-label={caption}>
      <table className={classes["table"]}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-number={column.isNumber || undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, count).map((row) => (
            <TableRow key={keyOf(row)} row={row} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TableRow = memo(function TableRow<T>({ row, columns }: { row: T; columns: readonly Column<T>[] }) {
  return (
    <tr>
      {columns.map((column) => (
        <td key={column.key} data-number={column.isNumber || undefined}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}) as <T>(props: { row: T; columns: readonly Column<T>[] }) => ReactNode;

/** A JSON value as people read it: names and values, lists as lists. */
export function Value({ value }: { value: unknown }) {
  const { t } = useTranslation();
  if (value === null || value === undefined || value === "") return <span className={classes["none"]}>{t("value.none")}</span>;
  if (typeof value === "boolean") return <span>{t(value ? "value.yes" : "value.no")}</span>;
  if (Array.isArray(value)) {
    return (
      <ul className={classes["list"]}>
        {(value as readonly unknown[]).map((item, index) => (
          <li key={index}>
            <Value value={item} />
          </li>
        ))}
      </ul>
    );
  }
  if (typeof value === "object") return <Values of={value as Record<string, unknown>} />;
  return (
    <span translate="no" className={classes["text"]}>
      {typeof value === "string" ? value : JSON.stringify(value)}
    </span>
  );
}

/** An object's names and values. */
export function Values({ of, labels = {} }: { of: Record<string, unknown>; labels?: Record<string, string> }) {
  return (
    <dl className={classes["values"]}>
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt translate="no">{labels[name] ?? name.replaceAll("_", " ")}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Text of a machine, as it is. */
export function Code({ children, isBlock = false, label }: { children: string; isBlock?: boolean; label?: string }) {
  if (!isBlock) {
    return (
      <code className={classes["code"]} translate="no">
        {children}
      </code>
    );
  }
  return (
    <pre className={classes["block"]} translate="no" tabIndex={0} role="region" aria-label={label}>
      {children}
    </pre>
  );
}

/** Which rows of how many are shown, and the ways to the others. */
export function Pager({ page, size, total, onPage }: { page: number; size: number; total: number; onPage: (page: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = Math.max(1, Math.ceil(total / size));
  const from = Math.min(total, (page - 1) * size + 1);
  return (
    <nav className={classes["pager"]} aria-label={t("pager.label")}>
      <span>{t("pager.shown", { from: format.number(from), to: format.number(Math.min(total, page * size)), total: format.number(total) })}</span>
      <span className={classes["pagerButtons"]}>
        <Button disabled={page <= 1} onClick={() => onPage(page - 1)}>
          {t("pager.before")}
        </Button>
        <Button disabled={page >= last} onClick={() => onPage(page + 1)}>
          {t("pager.after")}
        </Button>
      </span>
    </nav>
  );
}
