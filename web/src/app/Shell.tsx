import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useIsAway } from "@/api/reach";
import { useMe, useWorkspace } from "@/api/session";
import { useLive } from "@/live";
import { Drawer, IconButton, IconKeyboard, IconMenu2, IconSearch, Keys, Notice, openPalette } from "@/ui";
import { AccountMenu, WorkspaceMenu } from "./menus";
import { PLACES } from "./navigation";
import { CommandPalette } from "./palette";
import { ShortcutHelp } from "./ShortcutHelp";
import { useKeys, useShortcut, useShortcutListener } from "./shortcuts";
import classes from "./Shell.module.css";

/** The frame of every screen: where one is, where one can go, and what holds everywhere. */
export function Shell() {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const navigate = useNavigate();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  useLive(workspace);
  useShortcutListener();
  useShortcut("palette", openPalette);
  useShortcut("help", () => setHelpOpen(true));
  useShortcut("go.inbox", () => void navigate({ to: "/w/$workspace/inbox", params: { workspace } }));
  useShortcut("go.cases", () => void navigate({ to: "/w/$workspace/cases", params: { workspace } }));
  useShortcut("go.workflows", () => void navigate({ to: "/w/$workspace/workflows", params: { workspace } }));
  useShortcut("go.settings", () => void navigate({ to: "/w/$workspace/settings", params: { workspace } }));
  return (
    <div className={classes["shell"]}>
      <a href="#content" className={classes["skip"]}>
        {t("skip")}
      </a>
      <div className={classes["bar"]}>
        <IconButton icon={IconMenu2} label={t("nav.open")} onClick={() => setMenuOpen(true)} />
        <strong>{t("app")}</strong>
        <IconButton icon={IconSearch} label={t("palette.open")} onClick={openPalette} />
      </div>
      <aside className={classes["side"]}>
        <Side onHelp={() => setHelpOpen(true)} />
      </aside>
      <Drawer title={t("app")} side="start" isOpen={isMenuOpen} onClose={() => setMenuOpen(false)}>
        <Side onHelp={() => setHelpOpen(true)} onGo={() => setMenuOpen(false)} />
      </Drawer>
      <main id="content" className={classes["content"]} tabIndex={-1}>
        <AwayBanner />
        <Outlet />
      </main>
      <CommandPalette onHelp={() => setHelpOpen(true)} />
      <ShortcutHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function Side({ onHelp, onGo }: { onHelp: () => void; onGo?: () => void }) {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const me = useMe();
  const paletteKeys = useKeys("palette");
  return (
    <div className={classes["sideInner"]}>
      <WorkspaceMenu />
      <button type="button" className={classes["search"]} onClick={openPalette}>
        <IconSearch size={16} aria-hidden />
        <span>{t("palette.open")}</span>
        {paletteKeys !== undefined && <Keys keys={paletteKeys} />}
      </button>
      <nav aria-label={t("nav.label")} className={classes["nav"]}>
        {PLACES.filter((place) => place.needs === undefined || me.may(place.needs)).map((place) => (
          <Link
            key={place.to}
            to={place.to}
            params={{ workspace }}
            className={classes["place"]}
            {...(onGo === undefined ? {} : { onClick: onGo })}
          >
            <place.icon size={18} stroke={1.75} aria-hidden />
            {t(place.label)}
          </Link>
        ))}
      </nav>
      <div className={classes["foot"]}>
        <AccountMenu />
        <IconButton icon={IconKeyboard} label={t("keys.help")} onClick={onHelp} />
      </div>
    </div>
  );
}

function AwayBanner() {
  const { t } = useTranslation();
  const isAway = useIsAway();
  return (
    <div role="status" className={classes["away"]}>
      {isAway && <Notice tone="warn">{t("away")}</Notice>}
    </div>
  );
}
