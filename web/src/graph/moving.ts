/** Tasks that somebody moves: they follow the pointer until it lets go, or go step by step with the arrow keys. */
import type { NodeChange, OnNodeDrag } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Point } from "./layout";
import type { Places } from "./places";
import type { TaskNode } from "./TaskNode";

interface Spot {
  key: string;
  at: Point;
}

export interface Moving {
  /** Where the tasks stand now, the one in hand as well. */
  spots: Places;
  /** What was moved by keys, last. */
  stepped: Spot | null;
  step: (key: string, by: Point) => void;
  follow: (changes: NodeChange<TaskNode>[]) => void;
  letGo: OnNodeDrag<TaskNode>;
}

/** `still`: where they stand while nobody moves them. `put` is told where all stand afterwards. */
export function useMoving(still: Places, put: (places: Places, mark?: string) => void): Moving {
  const [held, setHeld] = useState<Spot | null>(null);
  const [stepped, setStepped] = useState<Spot | null>(null);
  const spots = useMemo(() => (held === null ? still : new Map(still).set(held.key, held.at)), [still, held]);
  const newest = useRef({ still, put });
  useEffect(() => {
    newest.current = { still, put };
  });
  const follow = useCallback((changes: NodeChange<TaskNode>[]) => {
    for (const change of changes) if (change.type === "position" && change.position !== undefined) setHeld({ key: change.id, at: rounded(change.position) });
  }, []);
  const letGo = useCallback<OnNodeDrag<TaskNode>>((_, { id, position }) => {
    setHeld(null);
    newest.current.put(new Map(newest.current.still).set(id, rounded(position)));
  }, []);
  const step = useCallback((key: string, by: Point) => {
    const from = newest.current.still.get(key);
    if (from === undefined) return;
    const at = rounded({ x: from.x + by.x, y: from.y + by.y });
    setStepped({ key, at });
    newest.current.put(new Map(newest.current.still).set(key, at), `${key}.place`);
  }, []);
  return { spots, stepped, step, follow, letGo };
}

function rounded({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
