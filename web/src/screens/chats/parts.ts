/** Which parts of what was said in a chat are shown: the newest, and as many before as somebody asks for. Pure. */
import type { Question } from "@/api/chats";

/** So many messages are shown at first, where there are as many. */
export const RECENT = 100;

/** The first part that is shown before anybody asks for more, of a chat with so many messages. */
export function firstPart(count: number, size: number): number {
  return Math.max(0, Math.floor((count - RECENT) / size));
}

/** The parts from the first that is shown to the newest. */
export function partsFrom(first: number, count: number, size: number): number[] {
  const last = Math.max(first, Math.floor((count - 1) / size));
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/**
 * Whether older questions are to be asked for: each call that is shown may have one, and so may those that are open. As the
 * newest come first, those of the calls are among as many.
 */
export function needsMore(questions: readonly Pick<Question, "status">[], calls: number): boolean {
  return questions.length < calls + questions.filter((one) => one.status === "current").length;
}
