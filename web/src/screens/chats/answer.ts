/** What is known of an answer while it is made. */
import type { Question } from "@/api/chats";
import type { SentEvent } from "@/api/sse";
import { verdictOf } from "@/asking/asking";

export interface ToolCall {
  id: string;
  name: string;
  /** As it was sent: mostly JSON as text. */
  arguments: unknown;
  result?: string;
}

export interface Answer {
  /** The message's pieces so far, by its id. */
  said: { id: string; name: string; text: string }[];
  calls: ToolCall[];
  /** Why there is no more; null while there may be. */
  failure: string | null;
}

export const SILENCE: Answer = { said: [], calls: [], failure: null };

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** The answer after one more event. */
export function heard(answer: Answer, { name, data }: SentEvent): Answer {
  const id = text(data["id"]);
  if (name === "content") {
    const message = text(data["messageId"]);
    const before = answer.said.find((one) => one.id === message);
    const whole = (data["restart"] === true ? "" : (before?.text ?? "")) + text(data["delta"]);
    const others = answer.said.filter((one) => one !== before);
    return { ...answer, said: whole === "" ? others : [...others, { id: message, name: text(data["name"]), text: whole }] };
  }
  if (name === "tool_call") return { ...answer, calls: [...answer.calls, { id, name: text(data["name"]), arguments: data["arguments"] }] };
  if (name === "tool_result") return { ...answer, calls: answer.calls.map((one) => (one.id === id ? { ...one, result: text(data["content"]) } : one)) };
  if (name === "error") return { ...answer, failure: text(data["message"]) };
  return answer;
}

export type Standing = "open" | "waiting" | "accepted" | "edited" | "refused" | "dropped" | "done";

const DECIDED = { accept: "accepted", edit: "edited", refuse: "refused" } as const;

/** How a call stands: what a person decided about it says more than that it was made. */
export function standingOf(call: ToolCall, question?: Pick<Question, "status" | "answer">): Standing {
  const isMade = call.result === undefined ? "open" : "done";
  if (question === undefined) return isMade;
  if (question.status === "completed") {
    const verdict = verdictOf(question.answer);
    return verdict === null ? isMade : DECIDED[verdict.decision];
  }
  return question.status === "current" || question.status === "pending" ? "waiting" : "dropped";
}

/** A question as a call, for where the call itself is not told. */
export function asCall(question: Question): ToolCall {
  return { id: question.callId, name: question.tool ?? question.name, arguments: question.arguments };
}
