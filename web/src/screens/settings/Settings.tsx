import { useTranslation } from "react-i18next";
import { SCHEMES } from "@/app/menus";
import { ShortcutList } from "@/app/ShortcutHelp";
import { LANGUAGES, speak, type Language } from "@/i18n";
import { Page, Panel, Segmented, Select, Stack, Text, useColorScheme } from "@/ui";

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
      <Panel title={t("keys.title")}>
        <ShortcutList />
      </Panel>
    </Page>
  );
}
