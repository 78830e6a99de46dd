import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { signOutEverywhere } from "@/api/session";
import { SCHEMES, useLeave } from "@/app/menus";
import { ShortcutList } from "@/app/ShortcutHelp";
import { LANGUAGES, speak, type Language } from "@/i18n";
import { Button, Dialog, Page, Panel, Refused, Row, Segmented, Select, Stack, Text, useColorScheme } from "@/ui";

export function Settings() {
  const { t, i18n } = useTranslation();
  const [scheme, setScheme] = useColorScheme();
  return (
    <Page title={t("settings.title")} lead={t("settings.lead")}>
      <Panel title={t("settings.look")}>
        <Stack gap={3}>
          <div>
            <Text isStrong size="sm">
              {t("scheme.label")}
            </Text>
            <Segmented
              label={t("scheme.label")}
              value={scheme}
              choices={SCHEMES.map(({ value }) => ({ value, label: t(`scheme.${value}`) }))}
              onChange={setScheme}
            />
          </div>
          <Select
            label={t("language.label")} areNames
            value={i18n.language}
            choices={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
            onChange={(value) => value !== null && void speak(value as Language)}
          />
        </Stack>
      </Panel>
      <Panel title={t("sessions.title")}>
        <SignOutEverywhere />
      </Panel>
      <Panel title={t("keys.title")}>
        <ShortcutList />
      </Panel>
    </Page>
  );
}

/** Ends the sessions on all devices, after one was asked. */
function SignOutEverywhere() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const leave = useLeave();
  const ending = useMutation({ mutationFn: signOutEverywhere, onSuccess: leave });
  return (
    <Stack gap={3}>
      <Text tone="muted">{t("sessions.why")}</Text>
      <Row>
        <Button onClick={() => setOpen(true)}>{t("sessions.end")}</Button>
      </Row>
      <Dialog title={t("sessions.end")} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Stack gap={3}>
          <Text>{t("sessions.sure")}</Text>
          <Refused error={ending.error} />
          <Row>
            <Button emphasis="danger" isBusy={ending.isPending} onClick={() => ending.mutate()}>
              {t("sessions.end")}
            </Button>
            <Button onClick={() => setOpen(false)}>{t("cancel")}</Button>
          </Row>
        </Stack>
      </Dialog>
    </Stack>
  );
}
