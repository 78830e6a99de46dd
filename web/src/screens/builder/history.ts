/** Every state of the text that can be gone back to, whoever changed it: canvas, form or keyboard. */
export interface History {
  past: readonly string[];
  text: string;
  future: readonly string[];
  /** What was changed last: going on with the same is one step. */
  mark: string | null;
}

export type Act = { type: "edit"; text: string | ((before: string) => string); mark?: string } | { type: "undo" } | { type: "redo" } | { type: "open"; text: string };

const STEPS_MAX = 500;

export function begin(text: string): History {
  return { past: [], text, future: [], mark: null };
}

export function step(history: History, act: Act): History {
  const { past, text, future, mark } = history;
  switch (act.type) {
    case "open":
      return begin(act.text);
    case "undo": {
      const before = past.at(-1);
      return before === undefined ? history : { past: past.slice(0, -1), text: before, future: [text, ...future], mark: null };
    }
    case "redo": {
      const [after, ...rest] = future;
      return after === undefined ? history : { past: [...past, text], text: after, future: rest, mark: null };
    }
    case "edit": {
      const next = typeof act.text === "string" ? act.text : act.text(text);
      if (next === text) return history;
      const isMore = act.mark !== undefined && act.mark === mark;
      return { past: isMore ? past : [...past, text].slice(-STEPS_MAX), text: next, future: [], mark: act.mark ?? null };
    }
  }
}
