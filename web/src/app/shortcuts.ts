/**
 * Keyboard shortcuts. Each has an id, its usual keys and a word; people may choose other keys or switch single keys off.
 * Keys are "mod+k" (held together) or "g i" (one after the other).
 */
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  id: string;
  keys: string;
  /** Where its words are: a key of i18next, with its part. */
  label: string;
}

/** The shortcuts of the shell; a screen adds its own with `declareShortcuts`. */
const declared: Shortcut[] = [
  { id: "palette", keys: "mod+k", label: "common:keys.palette" },
  { id: "help", keys: "?", label: "common:keys.help" },
  { id: "go.inbox", keys: "g i", label: "common:keys.inbox" },
  { id: "go.cases", keys: "g c", label: "common:keys.cases" },
  { id: "go.workflows", keys: "g w", label: "common:keys.workflows" },
  { id: "go.settings", keys: "g p", label: "common:keys.settings" },
];

const STORED = "casework.shortcuts";
const SEQUENCE_MILLISECONDS = 900;

interface Chosen {
  isEnabled: boolean;
  keys: Record<string, string>;
}

function read(): Chosen {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED) ?? "null") as Partial<Chosen> | null;
    return { isEnabled: stored?.isEnabled ?? true, keys: stored?.keys ?? {} };
  } catch {
    return { isEnabled: true, keys: {} };
  }
}

let chosen = read();
const listeners = new Set<() => void>();

function choose(next: Chosen): void {
  chosen = next;
  localStorage.setItem(STORED, JSON.stringify(next));
  for (const listener of listeners) listener();
}

export function declareShortcuts(more: readonly Shortcut[]): void {
  for (const one of more) if (!declared.some((other) => other.id === one.id)) declared.push(one);
}

export function enableSingleKeys(isEnabled: boolean): void {
  choose({ ...chosen, isEnabled });
}

export function remap(id: string, keys: string): void {
  choose({ ...chosen, keys: { ...chosen.keys, [id]: keys } });
}

export function restoreShortcuts(): void {
  choose({ isEnabled: true, keys: {} });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function keysIn(from: Chosen, id: string): string {
  return from.keys[id] ?? declared.find((one) => one.id === id)?.keys ?? "";
}

export function useShortcuts(): { isEnabled: boolean; all: (Shortcut & { usual: string })[] } {
  const now = useSyncExternalStore(subscribe, () => chosen);
  return { isEnabled: now.isEnabled, all: declared.map((one) => ({ ...one, usual: one.keys, keys: keysIn(now, one.id) })) };
}

/** The keys of a shortcut as they are now; undefined where single keys are off. */
export function useKeys(id: string): string | undefined {
  const now = useSyncExternalStore(subscribe, () => chosen);
  const keys = keysIn(now, id);
  return now.isEnabled || keys.includes("+") ? keys : undefined;
}

/** What a key press is called: "mod+k", "?", "arrowdown". */
export function nameOf(event: KeyboardEvent): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const held = [
    ...(event.ctrlKey || event.metaKey ? ["mod"] : []),
    ...(event.altKey ? ["alt"] : []),
    ...(event.shiftKey && key.length > 1 ? ["shift"] : []),
  ];
  return [...held, key].join("+");
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input:not([type=checkbox]),textarea,select,[contenteditable=true],[role=menu],[role=listbox]") !== null;
}

const handlers = new Map<string, () => void>();
let pressed: string[] = [];
let forget: number | undefined;

function onKeyDown(event: KeyboardEvent): void {
  const name = nameOf(event);
  const isHeld = name.includes("mod+") || name.includes("alt+");
  if (event.defaultPrevented || event.repeat || (!isHeld && (!chosen.isEnabled || isTyping(event.target)))) return;
  if (document.querySelector("[data-recording-keys]") !== null) return;
  window.clearTimeout(forget);
  pressed = [...pressed, name].slice(-2);
  forget = window.setTimeout(() => (pressed = []), SEQUENCE_MILLISECONDS);
  const typed = [pressed.join(" "), name];
  const found = declared.find((one) => handlers.has(one.id) && typed.includes(keysIn(chosen, one.id)));
  if (found === undefined) return;
  if (document.querySelector("[role=dialog]") !== null && found.id !== "palette") return;
  event.preventDefault();
  pressed = [];
  handlers.get(found.id)?.();
}

/** Listens while the shell is there. */
export function useShortcutListener(): void {
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Does `act` when the keys of the shortcut are pressed, as long as the component is there. */
export function useShortcut(id: string, act: () => void, isActive = true): void {
  const newest = useRef(act);
  useLayoutEffect(() => {
    newest.current = act; // before anybody can press a key over what is drawn
  });
  useEffect(() => {
    if (!isActive) return undefined;
    const handler = () => newest.current();
    handlers.set(id, handler);
    return () => {
      if (handlers.get(id) === handler) handlers.delete(id);
    };
  }, [id, isActive]);
}
