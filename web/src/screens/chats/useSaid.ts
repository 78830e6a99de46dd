/** What was said in a chat, from a message on that somebody may move back; and what agents asked people in it. */
import { useInfiniteQuery, useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { chatMessagesQuery, MESSAGES_MAX, questionsQuery, type Chat, type Message, type Question } from "@/api/chats";
import { firstPart, needsMore, partsFrom } from "./parts";

export interface SaidSoFar {
  messages: Message[];
  questions: Question[];
  isPending: boolean;
  error: Error | null;
  retry: () => void;
  /** How many messages there are before these. */
  older: number;
  isLoadingOlder: boolean;
  showOlder: () => void;
}

export function useSaid(workspace: string, chat: Chat): SaidSoFar {
  const [first, setFirst] = useState(() => firstPart(chat.messageCount, MESSAGES_MAX));
  const parts = useQueries({ queries: partsFrom(first, chat.messageCount, MESSAGES_MAX).map((part) => chatMessagesQuery(workspace, chat, part)) });
  const messages = parts.flatMap((part) => part.data ?? []);
  const asked = useInfiniteQuery(questionsQuery(workspace, chat.id));
  const questions = (asked.data?.pages ?? []).flatMap((page) => page.items);
  const calls = messages.reduce((sum, one) => sum + (one.toolCalls ?? []).length, 0);
  const { hasNextPage, isFetching, fetchNextPage } = asked;
  const isMissing = hasNextPage && !isFetching && needsMore(questions, calls);
  useEffect(() => {
    if (isMissing) void fetchNextPage();
  }, [isMissing, fetchNextPage]);
  return {
    messages,
    questions,
    isPending: parts.every((part) => part.isPending),
    error: parts.find((part) => part.isError)?.error ?? null,
    retry: () => parts.forEach((part) => void part.refetch()),
    older: first * MESSAGES_MAX,
    isLoadingOlder: parts[0]?.isPending ?? false,
    showOlder: () => setFirst((before) => Math.max(0, before - 1)),
  };
}
