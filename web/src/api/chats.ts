/** Chats: what is said in them, and the runs that belong to them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";
import { errorOf } from "./errors";
import { eventsOf, type SentEvent } from "./sse";

export type Chat = Schemas["casework.api.workspace.chats.ChatResponse"];
export type Message = Schemas["casework.api.messages.OpenAIMessageResponse"];
export type Question = Schemas["QuestionResponse"];
export type ChatRun = Schemas["WorkflowRun"];

/** As many as one answer may hold. */
export const MESSAGES_MAX = 500;
const FEEDBACK_MAX = 4_000;

export function chatsQuery(workspace: string, filter: { page: number; pageSize: number; mine: boolean }) {
  const { mine, ...rest } = filter;
  return queryOptions({
    queryKey: ["chats", workspace, filter],
    queryFn: ({ signal }) => {
      const params = { path: { workspace_uuid: workspace }, query: { ...rest, ...(mine ? { mine } : {}) } };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/chats", { params, signal }));
    },
    refetchInterval: LIVE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
}

const one = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, chat_id: String(id) } });

export function chatQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["chats", workspace, "one", id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/chats/{chat_id}", { params: one(workspace, id), signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** A part of what was said in a chat, oldest first: the first MESSAGES_MAX messages are part 0. One that is full stays as it is. */
export function chatMessagesQuery(workspace: string, chat: Chat, part: number) {
  const isFull = ({ state }: { state: { data?: readonly Message[] | undefined } }) => state.data?.length === MESSAGES_MAX;
  return queryOptions({
    queryKey: ["chats", workspace, "messages", chat.uuid, part],
    queryFn: async ({ signal }) => {
      const params = { path: { chatId: chat.uuid }, query: { limit: MESSAGES_MAX, offset: part * MESSAGES_MAX } };
      return (await answerOf(api.GET("/api/chats/{chatId}/messages", { params, signal }))).data.messages;
    },
    staleTime: (query) => (isFull(query) ? Infinity : 0),
    refetchInterval: (query) => (isFull(query) ? false : LIVE_MILLISECONDS),
  });
}

export function chatRunsQuery(workspace: string, uuid: string) {
  return queryOptions({
    queryKey: ["chats", workspace, "runs", uuid],
    queryFn: async ({ signal }) => (await answerOf(api.GET("/api/chats/{chatId}/workflow-runs", { params: { path: { chatId: uuid } }, signal }))).data.workflowRuns,
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** What agents ask people in a chat, the newest first. */
export function questionsQuery(workspace: string, id: number) {
  return infiniteQueryOptions({
    queryKey: ["questions", workspace, id],
    queryFn: ({ pageParam, signal }) => {
      const params = { ...one(workspace, id), query: { page: pageParam, pageSize: MESSAGES_MAX } };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/chats/{chat_id}/questions", { params, signal }));
    },
    initialPageParam: 1,
    getNextPageParam: (last) => (last.page * last.pageSize < last.total ? last.page + 1 : null),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function openChat(workspace: string, body: Schemas["CreateChatRequest"]) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/chats", { params: { path: { workspace_uuid: workspace } }, body }));
}

/** A person takes the chat over (`paused`), or hands it back. */
export function pauseChat(workspace: string, id: number, paused: boolean) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/chats/{chat_id}", { params: one(workspace, id), body: { paused } }));
}

export function stopChat(uuid: string) {
  return answerOf(api.POST("/api/chats/{chatId}/stop", { params: { path: { chatId: uuid } } }));
}

export function judge(workspace: string, run: ChatRun, feedback: string) {
  const path = { org_id: workspace, flow_id: run.workflowId };
  return answerOf(api.POST("/inference/v0/feedback/{org_id}/{flow_id}", { params: { path }, body: { run_id: run.id, feedback: feedback.slice(0, FEEDBACK_MAX) } }));
}

/** Says something, and gives what is told of the answer while it is made. A refusal is thrown as an ApiError. */
export async function* talk(workspace: string, uuid: string, body: Schemas["NewMessage"], signal: AbortSignal): AsyncGenerator<SentEvent> {
  const answer = await fetch(`/api/chats/${uuid}/messages/stream`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Workspace": workspace, "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify(body),
    signal,
  });
  if (!answer.ok) throw errorOf(answer.status, await answer.json().catch(() => null));
  if (answer.body !== null) yield* eventsOf(answer.body);
}
