/** What the server refuses, in one shape whatever surface said it. */
export interface Problem {
  /** JSON pointer into what was sent; empty where it is about the whole. */
  pointer: string;
  message: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly problems: readonly Problem[];

  constructor(status: number, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}

/** Status 0: no answer came; the server is away or restarting. */
export const UNREACHABLE = 0;
const AWAY = new Set([UNREACHABLE, 502, 503, 504]);

export function isAway(error: unknown): boolean {
  return error instanceof ApiError && AWAY.has(error.status);
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}

interface Envelope {
  detail?: unknown;
  message?: unknown;
  problems?: { path: string; message: string }[];
  errors?: { detail?: string; title?: string; source?: { pointer?: string } }[];
}

/** Reads the error envelopes of all surfaces: `detail`, `message`, `errors[]`, `detail[]`. */
export function errorOf(status: number, body: unknown): ApiError {
  const said = (typeof body === "object" && body !== null ? body : {}) as Envelope;
  if (Array.isArray(said.errors)) {
    const problems = said.errors.map((one) => ({
      pointer: one.source?.pointer ?? "",
      message: one.detail ?? one.title ?? "",
    }));
    return new ApiError(status, problems.map((one) => one.message).join(" "), problems);
  }
  const problems = (said.problems ?? []).map((one) => ({ pointer: one.path, message: one.message }));
  const detail = said.detail ?? said.message;
  return new ApiError(status, typeof detail === "string" ? detail : `HTTP ${status}`, problems);
}
