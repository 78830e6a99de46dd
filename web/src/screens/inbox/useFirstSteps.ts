/** How far the first steps in a workspace are, and that somebody wants to see them no more. */
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { casesQuery } from "@/api/cases";
import { membersQuery } from "@/api/members";
import { useMe, useWorkspace } from "@/api/session";
import { workflowsQuery } from "@/api/workflows";
import { doneOf, STEPS, type FirstStep } from "./first";

const NEEDED = ["members:write", "workflows:write", "assignments:write"];

/** The first steps; null for those who set nothing up, once all are done, and after somebody put them away. */
export function useFirstSteps(): { done: Record<FirstStep, boolean>; putAway: () => void } | null {
  const workspace = useWorkspace();
  const me = useMe();
  const key = `casework.first.${workspace}`;
  const [isAway, setAway] = useState(() => localStorage.getItem(key) !== null);
  const enabled = !isAway && NEEDED.every((scope) => me.may(scope));
  const [members, workflows, cases, completed] = useQueries({
    queries: [
      { ...membersQuery(workspace, 1, 1), enabled },
      { ...workflowsQuery(workspace, 1, 1, ""), enabled },
      { ...casesQuery(workspace, { page: 1, pageSize: 1 }), enabled },
      { ...casesQuery(workspace, { page: 1, pageSize: 1, status: "completed" }), enabled },
    ],
  });
  if (!enabled || members.data === undefined || workflows.data === undefined || cases.data === undefined || completed.data === undefined) return null;
  const done = doneOf({ members: members.data.total, workflows: workflows.data.total, cases: cases.data.total, completed: completed.data.total });
  if (STEPS.every((step) => done[step])) return null;
  const putAway = () => {
    localStorage.setItem(key, "away");
    setAway(true);
  };
  return { done, putAway };
}
