/** Saying something, and hearing the answer while it is made. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { talk, type Chat } from "@/api/chats";
import type { Schemas } from "@/api/client";
import { ApiError } from "@/api/errors";
import { heard, SILENCE, type Answer } from "./answer";

export interface Talk {
  answer: Answer;
  /** What was said, until it is in the list. */
  pending: string | null;
  isTalking: boolean;
  error: Error | null;
  /** Gives, when all is told, whether it was said. */
  say: (body: Schemas["NewMessage"]) => Promise<boolean>;
}

export function useTalk(workspace: string, chat: Chat): Talk {
  const queries = useQueryClient();
  const [answer, setAnswer] = useState(SILENCE);
  const [pending, setPending] = useState<string | null>(null);
  const [isTalking, setTalking] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => () => leaving.current?.abort(), []);

  const refresh = () => queries.invalidateQueries({ queryKey: ["chats", workspace] });

  async function listen(body: Schemas["NewMessage"], signal: AbortSignal): Promise<void> {
    for await (const event of talk(workspace, chat.uuid, body, signal)) {
      if (event.name === "start") void refresh();
      setAnswer((before) => heard(before, event));
    }
    await refresh();
    setAnswer((before) => ({ ...SILENCE, failure: before.failure }));
  }

  async function say(body: Schemas["NewMessage"]): Promise<boolean> {
    const controller = new AbortController();
    leaving.current = controller;
    setAnswer(SILENCE);
    setError(null);
    setPending(body.content);
    setTalking(true);
    try {
      await listen(body, controller.signal);
      return true;
    } catch (problem) {
      if (!controller.signal.aborted) setError(problem as Error);
      return !(problem instanceof ApiError);
    } finally {
      setTalking(false);
      setPending(null);
    }
  }

  return { answer, pending, isTalking, error, say };
}
