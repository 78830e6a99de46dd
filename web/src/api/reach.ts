/** Whether the server answers. One place knows, asks again while it does not, and tells when it is back. */
import { useSyncExternalStore } from "react";

const PROBE_MILLISECONDS = 1_500;

let away = false;
let timer: number | undefined;
const listeners = new Set<() => void>();
const returns = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

async function probe(): Promise<void> {
  timer = undefined;
  const answer = await fetch("/readyz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok !== true) {
    schedule();
    return;
  }
  away = false;
  tell();
  for (const listener of returns) listener();
}

function schedule(): void {
  timer ??= window.setTimeout(() => void probe(), PROBE_MILLISECONDS);
}

/** No answer came: say so, and ask every moment until one does. */
export function noteAway(): void {
  if (!away) {
    away = true;
    tell();
  }
  schedule();
}

/** Calls `listener` whenever the server is back. */
export function onReturn(listener: () => void): () => void {
  returns.add(listener);
  return () => returns.delete(listener);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useIsAway(): boolean {
  return useSyncExternalStore(subscribe, () => away);
}
