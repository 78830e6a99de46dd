import { Drawer as MantineDrawer, Menu as MantineMenu, Modal } from "@mantine/core";
import { Spotlight, spotlight, type SpotlightActionData } from "@mantine/spotlight";
import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Icon } from "./icons";
import { IconSearch } from "./icons";

interface OverlayProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A question or a form in front of everything; Escape leaves it. */
export function Dialog({ title, isOpen, onClose, children, isWide = false }: OverlayProps & { isWide?: boolean }) {
  const { t } = useTranslation();
  useReturn(isOpen);
  return (
    <Modal title={title} opened={isOpen} onClose={onClose} size={isWide ? "lg" : "md"} closeButtonProps={{ "aria-label": t("close") }}>
      {children}
    </Modal>
  );
}

/** The keyboard goes on where it was before, also where what was in front is taken away whole instead of closed. */
function useReturn(isOpen: boolean): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (isOpen && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [isOpen]);
}

/** A panel from the side; the page stays in sight. */
export function Drawer({ title, isOpen, onClose, children, side = "end" }: OverlayProps & { side?: "start" | "end" }) {
  const { t } = useTranslation();
  const position = (side === "end") === (document.documentElement.dir === "rtl") ? "left" : "right";
  return (
    <MantineDrawer title={title} opened={isOpen} onClose={onClose} position={position} closeButtonProps={{ "aria-label": t("close") }}>
      {children}
    </MantineDrawer>
  );
}

export interface MenuItem {
  label: string;
  onSelect: () => void;
  icon?: Icon;
  isDangerous?: boolean;
  isDisabled?: boolean;
  /** Set where it is one of several of which one holds. */
  isChosen?: boolean;
  /** Whether the label is somebody's own word, which no language changes. */
  isName?: boolean;
}

export interface MenuGroup {
  label?: string;
  items: readonly MenuItem[];
}

export function Menu({ target, groups, isWide = false }: { target: ReactNode; groups: readonly MenuGroup[]; isWide?: boolean }) {
  return (
    // What it would focus instead of its first item is nothing that a menu may hold.
    <MantineMenu width={isWide ? 240 : 208} withInitialFocusPlaceholder={false}>
      <MantineMenu.Target>{target}</MantineMenu.Target>
      <MantineMenu.Dropdown>
        {groups.map((group, index) => (
          <div key={index} role="group" aria-label={group.label}>
            {index > 0 && <MantineMenu.Divider />}
            {group.label !== undefined && <MantineMenu.Label>{group.label}</MantineMenu.Label>}
            {group.items.map((item) => (
              <MantineMenu.Item
                key={item.label}
                onClick={item.onSelect}
                disabled={item.isDisabled ?? false}
                {...(item.isDangerous === true ? { color: "var(--bad)" } : {})}
                leftSection={item.icon && <item.icon size={16} aria-hidden />}
                rightSection={item.isChosen === true ? "✓" : undefined}
                aria-current={item.isChosen === true ? "true" : undefined}
                translate={item.isName === true ? "no" : undefined}
              >
                {item.label}
              </MantineMenu.Item>
            ))}
          </div>
        ))}
      </MantineMenu.Dropdown>
    </MantineMenu>
  );
}

export interface PaletteAction {
  id: string;
  label: string;
  group: string;
  icon: Icon;
  description?: string | undefined;
  onSelect: () => void;
}

/** Everything that can be done from here, found by typing. */
export function Palette({ actions }: { actions: readonly PaletteAction[] }) {
  const { t } = useTranslation();
  const groups = [...new Set(actions.map((action) => action.group))];
  return (
    <Spotlight
      shortcut={null}
      lockScroll={false}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound={t("palette.nothing")}
      searchProps={{ placeholder: t("palette.search"), "aria-label": t("palette.search"), leftSection: <IconSearch size={18} aria-hidden /> }}
      actions={groups.map((group) => ({
        group,
        actions: actions.filter((action) => action.group === group).map(entry),
      }))}
    />
  );
}

function entry(action: PaletteAction): SpotlightActionData {
  return {
    id: action.id,
    label: action.label,
    ...(action.description === undefined ? {} : { description: action.description }),
    leftSection: <action.icon size={18} aria-hidden />,
    onClick: action.onSelect,
  };
}

export function openPalette(): void {
  spotlight.open();
}
