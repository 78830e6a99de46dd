import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { signOut, useMe, useWorkspace, useWorkspaces } from "@/api/session";
import { LANGUAGES, speak, type Language } from "@/i18n";
import {
  Avatar,
  IconChevronDown,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconPlus,
  IconSettings,
  IconSun,
  Menu,
  useColorScheme,
} from "@/ui";
import classes from "./menus.module.css";

export const SCHEMES = [
  { value: "light", icon: IconSun },
  { value: "dark", icon: IconMoon },
  { value: "auto", icon: IconDeviceDesktop },
] as const;

export function WorkspaceMenu() {
  const { t } = useTranslation();
  const here = useWorkspace();
  const me = useMe();
  const navigate = useNavigate();
  const workspaces = useWorkspaces();
  return (
    <Menu
      isWide
      target={
        <button type="button" className={classes["workspace"]} aria-label={`${me.workspaceName}: ${t("account.switch_to")}`}>
          <span className={classes["mark"]} aria-hidden translate="no">
            {me.workspaceName.charAt(0).toUpperCase()}
          </span>
          <span className={classes["name"]} translate="no">
            {me.workspaceName}
          </span>
          <IconChevronDown size={14} aria-hidden />
        </button>
      }
      groups={[
        {
          label: t("account.switch"),
          items: workspaces.map((one) => ({
            label: one.name,
            isName: true,
            isChosen: one.uuid === here,
            onSelect: () => void navigate({ to: "/w/$workspace/inbox", params: { workspace: one.uuid } }),
          })),
        },
        { items: [{ label: t("account.new_workspace"), icon: IconPlus, onSelect: () => void navigate({ to: "/welcome" }) }] },
      ]}
    />
  );
}

/** What follows when the session has ended: everything that was fetched in it is forgotten. */
export function useLeave(): () => Promise<void> {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return () => navigate({ to: "/sign-in" }).then(() => queries.clear());
}

/** Ends the session, and leaves. */
export function useSignOut(): () => void {
  const leave = useLeave();
  return () => void signOut().then(leave);
}

export function AccountMenu() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const leave = useSignOut();
  const [scheme, setScheme] = useColorScheme();
  return (
    <Menu
      isWide
      target={
        <button type="button" className={classes["account"]} aria-label={`${me.name}: ${t("account.menu")}`}>
          <Avatar name={me.name} />
          <span className={classes["name"]} translate="no">
            {me.name}
          </span>
        </button>
      }
      groups={[
        {
          label: t("scheme.label"),
          items: SCHEMES.map(({ value, icon }) => ({
            label: t(`scheme.${value}`),
            icon,
            isChosen: scheme === value,
            onSelect: () => setScheme(value),
          })),
        },
        {
          label: t("language.label"),
          items: Object.entries(LANGUAGES).map(([language, name]) => ({
            label: name,
            isName: true,
            isChosen: i18n.language === language,
            onSelect: () => void speak(language as Language),
          })),
        },
        {
          items: [
            { label: t("nav.settings"), icon: IconSettings, onSelect: () => void navigate({ to: "/w/$workspace/settings", params: { workspace } }) },
            { label: t("account.sign_out"), icon: IconLogout, onSelect: leave },
          ],
        },
      ]}
    />
  );
}
