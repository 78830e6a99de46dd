/** Which task of a drawing is chosen: told to those alone whom it is about, so that choosing draws no other task anew. */
import { createContext, useContext, useSyncExternalStore } from "react";

export interface Choice {
  get: () => string | null;
  put: (key: string | null) => void;
  subscribe: (listener: () => void) => () => void;
}

export function choiceOf(first: string | null): Choice {
  let chosen = first;
  const listeners = new Set<() => void>();
  return {
    get: () => chosen,
    put: (key) => {
      if (key === chosen) return;
      chosen = key;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const Chosen = createContext<Choice>(choiceOf(null));

/** Whether one of these tasks is the one that is chosen. */
export function useIsChosen(...keys: string[]): boolean {
  const choice = useContext(Chosen);
  return useSyncExternalStore(choice.subscribe, () => keys.includes(choice.get() ?? ""));
}

export function useChosenKey(): string | null {
  const choice = useContext(Chosen);
  return useSyncExternalStore(choice.subscribe, choice.get);
}
