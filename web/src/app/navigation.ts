/** The main navigation: a screen adds a line. `needs`: the scope without which it is not shown. */
import { IconChartBar, IconInbox, IconMessages, IconRoute, IconShieldLock, IconStack2, type Icon } from "@/ui";

export interface Place {
  to:
    | "/w/$workspace/inbox"
    | "/w/$workspace/cases"
    | "/w/$workspace/workflows"
    | "/w/$workspace/chats"
    | "/w/$workspace/analytics"
    | "/w/$workspace/admin";
  label: string;
  icon: Icon;
  shortcut?: string;
  needs?: string;
}

export const PLACES: readonly Place[] = [
  { to: "/w/$workspace/inbox", label: "nav.inbox", icon: IconInbox, shortcut: "go.inbox" },
  { to: "/w/$workspace/cases", label: "nav.cases", icon: IconStack2, shortcut: "go.cases" },
  { to: "/w/$workspace/workflows", label: "nav.workflows", icon: IconRoute, shortcut: "go.workflows" },
  { to: "/w/$workspace/chats", label: "nav.chats", icon: IconMessages },
  { to: "/w/$workspace/analytics", label: "nav.analytics", icon: IconChartBar, needs: "analytics:read" },
  { to: "/w/$workspace/admin", label: "nav.admin", icon: IconShieldLock, needs: "members:read" },
];
