/** Every state of the drawing that can be gone back to, whoever changed it: canvas, form or keyboard. */
import type { Places } from "@/graph/places";

export interface State {
  text: string;
  /** Where tasks were put by hand. */
  places: Places;
}

export interface History extends State {
  past: readonly State[];
  future: readonly State[];
  /** What was changed last: going on with the same is one step. */
  mark: string | null;
}

export type Act =
  | { type: "edit"; text: string | ((before: string) => string); places?: Places; mark?: string }
  | { type: "place"; places: Places; mark?: string }
  | { type: "undo" }
  | { type: "redo" }
  | ({ type: "open" } & State);

const STEPS_MAX = 500;

export function begin({ text, places }: State): History {
  return { past: [], text, places, future: [], mark: null };
}

export function step(history: History, act: Act): History {
  const { past, text, places, future } = history;
  const now = { text, places };
  switch (act.type) {
    case "open":
      return begin(act);
    case "undo": {
      const before = past.at(-1);
      return before === undefined ? history : { ...before, past: past.slice(0, -1), future: [now, ...future], mark: null };
    }
    case "redo": {
      const [after, ...rest] = future;
      return after === undefined ? history : { ...after, past: [...past, now], future: rest, mark: null };
    }
    case "edit":
      return changed(history, { text: typeof act.text === "string" ? act.text : act.text(text), places: act.places ?? places }, act.mark);
    case "place":
      return changed(history, { text, places: act.places }, act.mark);
  }
}

function changed(history: History, next: State, mark: string | undefined): History {
  const { past, text, places } = history;
  if (next.text === text && next.places === places) return history;
  const isMore = mark !== undefined && mark === history.mark;
  return { ...next, past: isMore ? past : [...past, { text, places }].slice(-STEPS_MAX), future: [], mark: mark ?? null };
}
