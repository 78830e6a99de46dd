import { useQuery } from "@tanstack/react-query";
import { memo, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "@/api/session";
import { problemsQuery, type DefinitionProblem } from "@/api/workflows";
import type { FaceOf } from "@/graph/TaskNode";
import type { TaskSource } from "@/graph/graph";
import { Button, ErrorState, Panel, Text } from "@/ui";
import classes from "./builder.module.css";
import { useSettled } from "./settled";

const TASK = /^\/tasks\/(\d+)/;
const SHOWN_MAX = 50;

export interface Checked {
  found: readonly DefinitionProblem[];
  /** Whether they are those of the text as it is now. */
  isChecked: boolean;
  error: Error | null;
  retry: () => void;
  /** What is wrong with these tasks, for the canvas. */
  faceOfTasks: (tasks: readonly TaskSource[]) => FaceOf;
}

const NONE: readonly DefinitionProblem[] = [];

/** What the server has against a text, asked when somebody pauses. */
export function useProblems(text: string): Checked {
  const workspace = useWorkspace();
  const settled = useSettled(text);
  const { data, error, isPlaceholderData, refetch } = useQuery(problemsQuery(workspace, settled));
  const found = data ?? NONE;
  const wrong = useMemo(() => new Set(found.flatMap((one) => TASK.exec(one.path)?.[1] ?? []).map(Number)), [found]);
  const faceOfTasks = useCallback(
    (tasks: readonly TaskSource[]): FaceOf => {
      const keys = new Set(tasks.flatMap((task, index) => (wrong.has(index) ? [task.key] : [])));
      return (key) => ({ hasProblem: keys.has(key) });
    },
    [wrong],
  );
  const isChecked = settled === text && data !== undefined && !isPlaceholderData;
  return useMemo(() => ({ found, isChecked, error, retry: () => void refetch(), faceOfTasks }), [found, isChecked, error, refetch, faceOfTasks]);
}

/** What keeps the workflow from being published, each with its line. */
export const Problems = memo(function Problems({ problems, onShow }: { problems: Checked; onShow: (line: number) => void }) {
  const { t } = useTranslation("workflows");
  if (problems.error !== null) return <ErrorState error={problems.error} onRetry={problems.retry} />;
  const { found } = problems;
  return (
    <Panel aria-label={t("builder.problems")}>
      <Text role="status" {...(found.length > 0 ? { tone: "bad" as const } : { tone: "muted" as const })}>
        {found.length > 0 ? t("builder.wrong", { count: found.length }) : t(problems.isChecked ? "builder.right" : "builder.checking")}
      </Text>
      <ul className={classes["problems"]}>
        {found.slice(0, SHOWN_MAX).map((one, index) => (
          <li key={index}>
            {one.line != null && (
              <Button emphasis="quiet" onClick={() => onShow(one.line ?? 1)}>
                {t("builder.line", { line: one.line })}
              </Button>
            )}
            <span translate="no">
              {one.message}
              {one.hint != null && <Text size="xs" tone="muted">{one.hint}</Text>}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
});
