import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useSyncExternalStore } from "react";
import { useMe, useWorkspace, useWorkspaces } from "@/api/session";
import { IconKeyboard, IconLogout, IconSettings, IconUsers, Palette, useColorScheme, type PaletteAction } from "@/ui";
import { SCHEMES, useSignOut } from "./menus";
import { PLACES } from "./navigation";

let contributed: readonly PaletteAction[] = [];
const listeners = new Set<() => void>();

/** What the screen in front adds to the palette; gives what takes it away again. For `useEffect`. */
export function contribute(actions: readonly PaletteAction[]): () => void {
  contributed = [...contributed, ...actions];
  for (const listener of listeners) listener();
  return () => {
    contributed = contributed.filter((one) => !actions.includes(one));
    for (const listener of listeners) listener();
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function CommandPalette({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const me = useMe();
  const navigate = useNavigate();
  const leave = useSignOut();
  const [, setScheme] = useColorScheme();
  const fromScreen = useSyncExternalStore(subscribe, () => contributed);
  const workspaces = useWorkspaces();
  const places = PLACES.filter((place) => place.needs === undefined || me.may(place.needs));
  return (
    <Palette
      actions={[
        ...fromScreen,
        ...places.map((place) => ({
          id: place.to,
          label: t(place.label),
          group: t("palette.go"),
          icon: place.icon,
          onSelect: () => void navigate({ to: place.to, params: { workspace } }),
        })),
        {
          id: "settings",
          label: t("nav.settings"),
          group: t("palette.go"),
          icon: IconSettings,
          onSelect: () => void navigate({ to: "/w/$workspace/settings", params: { workspace } }),
        },
        ...SCHEMES.map(({ value, icon }) => ({
          id: `scheme.${value}`,
          label: `${t("scheme.label")}: ${t(`scheme.${value}`)}`,
          group: t("palette.do"),
          icon,
          onSelect: () => setScheme(value),
        })),
        { id: "help", label: t("keys.help"), group: t("palette.do"), icon: IconKeyboard, onSelect: onHelp },
        { id: "leave", label: t("account.sign_out"), group: t("palette.do"), icon: IconLogout, onSelect: leave },
        ...workspaces
          .filter((one) => one.uuid !== workspace)
          .map((one) => ({
            id: one.uuid,
            label: one.name,
            group: t("palette.switch"),
            icon: IconUsers,
            onSelect: () => void navigate({ to: "/w/$workspace/inbox", params: { workspace: one.uuid } }),
          })),
      ]}
    />
  );
}
