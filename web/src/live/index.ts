/**
 * How screens stay current: the server says that something changed (never to what), and what shows it is fetched anew.
 * Every query that shows what others change also passes `refetchInterval: LIVE_MILLISECONDS`, for what a lost
 * connection kept from us. Nobody else polls or listens.
 */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

export const LIVE_MILLISECONDS = 30_000;

const GATHERED_MILLISECONDS = 250;

/** The first words of the keys of what each hint is about. */
const ABOUT: Record<string, readonly string[]> = {
  "run.changed": ["activities", "activity", "cases", "chats", "messages", "questions", "stats"],
  "chat.changed": ["chats", "messages"],
  look_again: ["activities", "activity", "cases", "chats", "messages", "questions", "stats"],
};

/** Listens to a workspace while the shell shows it. Hints that come close together are one. */
export function useLive(workspace: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stream = new EventSource(`/api/v2/w/${workspace}/live`);
    const stale = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refetch = () => {
      timer = undefined;
      for (const first of stale) void queries.invalidateQueries({ queryKey: [first] });
      stale.clear();
    };
    for (const [hint, keys] of Object.entries(ABOUT)) {
      stream.addEventListener(hint, () => {
        for (const key of keys) stale.add(key);
        timer ??= setTimeout(refetch, GATHERED_MILLISECONDS);
      });
    }
    return () => {
      stream.close();
      clearTimeout(timer);
    };
  }, [workspace, queries]);
}
