/** A form's values while somebody types: kept here at once, on the server a moment later. */
import { useCallback, useEffect, useRef, useState } from "react";
import { moveActivity } from "@/api/activities";
import { isAway } from "@/api/errors";
import { onReturn } from "@/api/reach";
import { difference, type Values } from "./difference";

export type DraftState = "clean" | "waiting" | "saving" | "saved" | "away" | "refused";

const PAUSE_MILLISECONDS = 700;

export interface Draft {
  values: Values;
  state: DraftState;
  change: (values: Values) => void;
  /** Saves what is not saved yet; resolves when nothing is left to save. */
  flush: () => Promise<void>;
}

export function useDraft(id: string, initial: Values, saved: Values, mayCarry: boolean): Draft {
  const [values, setValues] = useState(initial);
  const [state, setState] = useState<DraftState>("clean");
  const kept = useRef(saved);
  const newest = useRef(initial);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    const data = difference(newest.current, kept.current);
    if (!mayCarry || Object.keys(data).length === 0) return;
    setState("saving");
    const sent = newest.current;
    try {
      await moveActivity(id, { kind: "save", data });
      kept.current = { ...kept.current, ...data };
      setState(sent === newest.current ? "saved" : "waiting");
    } catch (error) {
      setState(isAway(error) ? "away" : "refused");
    }
  }, [id, mayCarry]);

  const change = useCallback(
    (next: Values) => {
      newest.current = next;
      setValues(next);
      setState("waiting");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), PAUSE_MILLISECONDS);
    },
    [flush],
  );

  useEffect(() => onReturn(() => void flush()), [flush]);
  useEffect(() => () => void flush(), [flush]);
  return { values, state, change, flush };
}
