import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, Dialog, Keys, Row, Stack, Switch, Text } from "@/ui";
import { enableSingleKeys, nameOf, remap, restoreShortcuts, useShortcuts } from "./shortcuts";
import classes from "./ShortcutHelp.module.css";

export function ShortcutHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("keys.title")} isOpen={isOpen} onClose={onClose}>
      <ShortcutList />
    </Dialog>
  );
}

/** All shortcuts, each with its keys and a way to choose others. */
export function ShortcutList() {
  const { t } = useTranslation(["common", "inbox", "case"]);
  const { isEnabled, all } = useShortcuts();
  const [recording, setRecording] = useState<string | null>(null);
  return (
    <Stack gap={3}>
      <Switch label={t("keys.enabled")} description={t("keys.enabled_why")} value={isEnabled} onChange={enableSingleKeys} />
      <ul className={classes["list"]}>
        {all.map((one) => {
          const other = all.find((each) => each.id !== one.id && each.keys === one.keys);
          return (
            <li key={one.id}>
              <span>
                {t(one.label)}
                {other && (
                  <Text size="xs" tone="bad">
                    {t("keys.taken", { other: t(other.label) })}
                  </Text>
                )}
              </span>
              {recording === one.id ? (
                <Recorder
                  onDone={(keys) => {
                    if (keys !== null) remap(one.id, keys);
                    setRecording(null);
                  }}
                />
              ) : (
                <Row gap={2} isTight>
                  <Keys keys={one.keys} />
                  <Button emphasis="quiet" aria-label={`${t("keys.change")}: ${t(one.label)}`} onClick={() => setRecording(one.id)}>
                    {t("keys.change")}
                  </Button>
                </Row>
              )}
            </li>
          );
        })}
      </ul>
      <Row>
        <Button onClick={restoreShortcuts}>{t("keys.reset")}</Button>
      </Row>
    </Stack>
  );
}

const SEQUENCE_MILLISECONDS = 700;
const HOLDERS = new Set(["control", "meta", "alt", "shift"]);

/** Waits for keys: a second one that follows at once makes a sequence; Escape leaves them as they were. */
function Recorder({ onDone }: { onDone: (keys: string | null) => void }) {
  const { t } = useTranslation();
  const [first, setFirst] = useState<string | null>(null);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (HOLDERS.has(event.key.toLowerCase())) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") onDone(null);
      else if (first === null) setFirst(nameOf(event));
      else onDone(`${first} ${nameOf(event)}`);
    };
    document.addEventListener("keydown", onKeyDown, true);
    const timer = first === null ? undefined : setTimeout(() => onDone(first), SEQUENCE_MILLISECONDS);
    return () => {
      document.removeEventListener("keydown", onKeyDown, true);
      clearTimeout(timer);
    };
  }, [first, onDone]);
  return (
    <Text isInline tone="muted" role="status" data-recording-keys>
      {first === null ? t("keys.press") : first}
    </Text>
  );
}
