/** What is known of an answer while it is made. */
import type { SentEvent } from "@/api/sse";

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
    return { ...answer, said: [...answer.said.filter((one) => one !== before), { id: message, name: text(data["name"]), text: whole }] };
  }
  if (name === "tool_call") return { ...answer, calls: [...answer.calls, { id, name: text(data["name"]), arguments: data["arguments"] }] };
  if (name === "tool_result") return { ...answer, calls: answer.calls.map((one) => (one.id === id ? { ...one, result: text(data["content"]) } : one)) };
  if (name === "error") return { ...answer, failure: text(data["message"]) };
  return answer;
}
