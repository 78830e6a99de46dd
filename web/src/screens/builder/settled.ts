import { useEffect, useState } from "react";

const PAUSE_MILLISECONDS = 350;

/** What somebody types, a moment after they paused. */
export function useSettled<T>(typed: T): T {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
