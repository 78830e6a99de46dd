/** Which tone a state has; its word is in `common:status`. */
import type { Tone } from "@/ui";

const TONES: Record<string, Tone> = {
  pending: "quiet",
  assigned: "info",
  "in-progress": "info",
  active: "info",
  current: "info",
  paused: "warn",
  completed: "ok",
  errored: "bad",
  failed: "bad",
};

export function toneOf(status: string): Tone {
  return TONES[status] ?? "quiet";
}
