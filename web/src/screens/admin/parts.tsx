/** What the parts of administration share: lists in all their states, forms in front of the page, secrets shown once. */
import type { UseQueryResult } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import { Badge, Button, Code, Dialog, ErrorState, IconCheck, IconCopy, IconDots, IconButton, Menu, Notice, Pager, Refused, Row, Stack, Text, Waiting, type MenuItem } from "@/ui";
import classes from "./admin.module.css";

export const PAGE_SIZE = 50;

interface Pages<T> {
  items: T[];
  total: number;
}

interface ListingProps<T> {
  query: UseQueryResult<Pages<T>>;
  page: number;
  onPage: (page: number) => void;
  empty: ReactNode;
  children: (rows: T[]) => ReactNode;
}

/** A page of a list: waiting, refused, empty or there, with the ways to the other pages where there are any. */
export function Listing<T>({ query, page, onPage, empty, children }: ListingProps<T>) {
  if (query.data === undefined) return query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <Waiting lines={6} />;
  const { items, total } = query.data;
  if (total === 0) return empty;
  return (
    <>
      {children(items)}
      {total > PAGE_SIZE && <Pager page={page} size={PAGE_SIZE} total={total} onPage={onPage} />}
    </>
  );
}

interface Asked {
  error: Error | null;
  isPending: boolean;
}

/** What the server said about one field. */
export function problemAt(error: Error | null, name: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.problems.find((one) => one.pointer.split("/").at(-1) === name)?.message;
}

interface FormDialogProps {
  title: string;
  submit: string;
  asked: Asked;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
  isWide?: boolean;
  isDangerous?: boolean;
}

/** A form in front of the page; it stays, with what the server said, until what it asks for is done. */
export function FormDialog({ title, submit, asked, onSubmit, onClose, children, isWide = false, isDangerous = false }: FormDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} isOpen onClose={onClose} isWide={isWide}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack gap={3}>
          {children}
          <Refused error={asked.error} />
          <Row isSpread>
            <Button onClick={onClose}>{t("cancel")}</Button>
            <Button type="submit" emphasis={isDangerous ? "danger" : "primary"} isBusy={asked.isPending}>
              {submit}
            </Button>
          </Row>
        </Stack>
      </form>
    </Dialog>
  );
}

/** Asks before something is gone. */
export function Confirm({ name, why, ...rest }: Omit<FormDialogProps, "children" | "isDangerous"> & { name: string; why: string }) {
  return (
    <FormDialog {...rest} isDangerous>
      <Text isStrong translate="no">
        {name}
      </Text>
      <Text>{why}</Text>
    </FormDialog>
  );
}

/** A secret that is shown now and never again. */
export function ShownOnce({ title, secret, onClose }: { title: string; secret: string; onClose: () => void }) {
  const { t } = useTranslation(["admin", "common"]);
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(secret).then(() => setCopied(true));
  };
  return (
    <Dialog title={title} isOpen onClose={onClose} isWide>
      <Stack gap={3}>
        <Notice tone="warn">{t("once.why")}</Notice>
        <div className={classes["once"]} data-secret>
          <Code>{secret}</Code>
          {window.isSecureContext && (
            <Button icon={isCopied ? IconCheck : IconCopy} onClick={copy}>
              {t(isCopied ? "once.copied" : "once.copy")}
            </Button>
          )}
        </div>
        <Row>
          <Button emphasis="primary" onClick={onClose}>
            {t("once.done")}
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}

/** What can be done with one row. */
export function RowMenu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  return <Menu target={<IconButton icon={IconDots} label={label} />} groups={[{ items }]} />;
}

/** Words that people chose, each in a frame. */
export function Words({ of }: { of: readonly string[] }) {
  return (
    <span className={classes["words"]} translate="no">
      {of.map((word) => (
        <Badge key={word}>{word}</Badge>
      ))}
    </span>
  );
}

/** "a, b" as a list. */
export function listOf(text: string): string[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}
