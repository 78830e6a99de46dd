/**
 * The one client of the public API. Types come from openapi.json. Every change carries an Idempotency-Key, so that it
 * may be sent again when its answer was lost: it happens once.
 */
import createClient from "openapi-fetch";
import { ApiError, errorOf, UNREACHABLE } from "./errors";
import { noteAway } from "./reach";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const TRIES_MAX = 4;
const BACKOFF_MILLISECONDS = 400;
const PASSING = new Set([502, 503, 504]);

let workspace: string | null = null;

/** The workspace of calls without one in their path; the router sets it. */
export function workIn(uuid: string | null): void {
  workspace = uuid;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function send(request: Request): Promise<Response> {
  const isChange = request.method !== "GET";
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(request.clone()).catch(() => null);
    if (answer !== null && !PASSING.has(answer.status)) return answer;
    if (!isChange || attempt === TRIES_MAX || request.signal.aborted) {
      if (!request.signal.aborted) noteAway();
      return answer ?? Response.error();
    }
    await wait(BACKOFF_MILLISECONDS * 2 ** (attempt - 1));
  }
}

const client = createClient<paths>({ baseUrl: window.location.origin, fetch: send });

client.use({
  onRequest({ request }) {
    if (workspace !== null) request.headers.set("X-Workspace", workspace);
    if (request.method !== "GET" && request.method !== "DELETE") {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    return request;
  },
});

export const api = client;

/** The body of an answer; a refusal is thrown as an ApiError. */
export async function answerOf<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (response.type === "error") throw new ApiError(UNREACHABLE, "");
  if (!response.ok) throw errorOf(response.status, error);
  return data as T;
}
