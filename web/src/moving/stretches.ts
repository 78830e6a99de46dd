/** Moving cases, or taking them back, a stretch at a time. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Report } from "@/api/report";

const TOUCHED = ["cases", "activities", "activity", "workflows", "migrations"];

/** Something that is done a stretch at a time: how far it is, and what came of it. */
export function useStretches(act: (begun: number | null, onSeen: (sum: Report) => void) => Promise<Report>) {
  const queries = useQueryClient();
  const [seen, setSeen] = useState<Report | null>(null);
  const doing = useMutation({
    mutationFn: () => act(seen?.migrationId ?? null, setSeen),
    onSettled: () => Promise.all(TOUCHED.map((noun) => queries.invalidateQueries({ queryKey: [noun] }))),
  });
  const forget = () => {
    setSeen(null);
    doing.reset();
  };
  return { seen, done: doing.data ?? null, error: doing.error, isPending: doing.isPending, begin: () => doing.mutate(), forget };
}
