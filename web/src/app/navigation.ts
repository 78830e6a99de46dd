/** The main navigation: a screen adds a line. `needs`: the scope without which it is not shown. */
import { IconInbox, IconRoute, IconStack2, type Icon } from "@/ui";

export interface Place {
  to: "/w/$workspace/inbox" | "/w/$workspace/cases" | "/w/$workspace/workflows";
  label: string;
  icon: Icon;
  shortcut?: string;
  needs?: string;
}

export const PLACES: readonly Place[] = [
  { to: "/w/$workspace/inbox", label: "nav.inbox", icon: IconInbox, shortcut: "go.inbox" },
  { to: "/w/$workspace/cases", label: "nav.cases", icon: IconStack2, shortcut: "go.cases" },
  { to: "/w/$workspace/workflows", label: "nav.workflows", icon: IconRoute, shortcut: "go.workflows" },
];
