import { Alert as MantineAlert, Loader, Skeleton as MantineSkeleton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, type Tone } from "./controls";
import classes from "./feedback.module.css";
import type { Icon } from "./icons";
import { IconAlertTriangle, IconInbox } from "./icons";
import { Heading, Text } from "./layout";

const TOAST_MILLISECONDS = 6_000;

interface Toast {
  message: string;
  tone?: Tone;
  /** Takes back what was done. */
  undo?: { label: string; onUndo: () => void };
}

/** Says what happened, at the edge of the page, for a moment. */
export function toast({ message, tone = "ok", undo }: Toast): void {
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: TOAST_MILLISECONDS,
    withBorder: true,
    color: "var(--accent)",
    role: tone === "bad" ? "alert" : "status",
    closeButtonProps: { "aria-label": message },
    message: (
      <span className={classes["toast"]} data-tone={tone}>
        <span>{message}</span>
        {undo && (
          <Button
            emphasis="quiet"
            onClick={() => {
              notifications.hide(id);
              undo.onUndo();
            }}
          >
            {undo.label}
          </Button>
        )}
      </span>
    ),
  });
}

/** Nothing is here: why, and the one thing to do next. */
export function EmptyState({ title, children, action, icon: IconOf = IconInbox }: { title: string; children?: ReactNode; action?: ReactNode; icon?: Icon }) {
  return (
    <div className={classes["empty"]}>
      <IconOf size={28} stroke={1.5} aria-hidden />
      <Heading level={2}>{title}</Heading>
      {children !== undefined && <Text tone="muted">{children}</Text>}
      {action}
    </div>
  );
}

/** Something went wrong: what, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const said = error instanceof Error && error.message !== "" ? error.message : t("error.unreachable");
  return (
    <div className={classes["empty"]} role="alert">
      <IconAlertTriangle size={28} stroke={1.5} aria-hidden />
      <Heading level={2}>{t("error.title")}</Heading>
      <Text tone="muted" translate="no">
        {said}
      </Text>
      {onRetry !== undefined && <Button onClick={onRetry}>{t("error.retry")}</Button>}
    </div>
  );
}

export function Notice({ tone = "info", title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <MantineAlert title={title} variant="light" role="note" data-tone={tone} classNames={{ root: classes["notice"] ?? "", title: classes["noticeTitle"] ?? "", message: classes["noticeBody"] ?? "" }}>
      {children}
    </MantineAlert>
  );
}

/** What the server said against it, where no field shows it. */
export function Refused({ error }: { error: Error | null }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      {error !== null && (
        <Notice tone="bad">
          <span translate={error.message === "" ? undefined : "no"}>{error.message || t("error.unreachable")}</span>
        </Notice>
      )}
    </div>
  );
}

/** While something is fetched: the shape of what will be there. */
export function Waiting({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className={classes["waiting"]} role="status" aria-label={t("loading")}>
      {Array.from({ length: lines }, (_, index) => (
        <MantineSkeleton key={index} height={14} width={`${95 - ((index * 17) % 45)}%`} radius="sm" />
      ))}
    </div>
  );
}

/** How far something is that takes a while. */
export function Progress({ label, value, max }: { label: string; value: number; max: number }) {
  return (
    <label className={classes["progress"]}>
      {label}
      <progress value={Math.min(value, max)} max={Math.max(1, max)} />
    </label>
  );
}

export function Busy() {
  const { t } = useTranslation();
  return <Loader size="sm" role="status" aria-label={t("loading")} />;
}
