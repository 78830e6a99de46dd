/** The rows in sight of a long list, a page at a time: only the pages that are looked at are fetched. */
import { useQueries } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { activitiesQuery, PAGE_SIZE, type Entry, type Filters } from "@/api/activities";
import { useWorkspace } from "@/api/session";

export interface Rows {
  total: number;
  isPending: boolean;
  error: Error | null;
  at: (index: number) => Entry | undefined;
  /** Where an activity stands among what was fetched; -1 where it is not. */
  indexOf: (activity: string) => number;
  onRange: (first: number, last: number) => void;
  retry: () => void;
}

export function useRows(filters: Filters): Rows {
  const workspace = useWorkspace();
  const [range, setRange] = useState<readonly [number, number]>([1, 1]);
  const numbers = [...new Set([1, ...span(range)])];
  const pages = useQueries({ queries: numbers.map((number) => activitiesQuery(workspace, filters, number)) });
  const first = pages[0];
  const onRange = useCallback((from: number, to: number) => {
    const next = [Math.floor(from / PAGE_SIZE) + 1, Math.floor(to / PAGE_SIZE) + 1] as const;
    setRange((before) => (before[0] === next[0] && before[1] === next[1] ? before : next));
  }, []);
  return {
    total: first?.data?.total ?? 0,
    isPending: first?.isPending ?? true,
    error: first?.data === undefined ? (first?.error ?? null) : null,
    at: (index) => pages[numbers.indexOf(Math.floor(index / PAGE_SIZE) + 1)]?.data?.entries[index % PAGE_SIZE],
    indexOf: (activity) => {
      for (const [position, number] of numbers.entries()) {
        const index = pages[position]?.data?.entries.findIndex((entry) => entry.activity.id === activity) ?? -1;
        if (index >= 0) return (number - 1) * PAGE_SIZE + index;
      }
      return -1;
    },
    onRange,
    retry: () => void first?.refetch(),
  };
}

function span([from, to]: readonly [number, number]): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
