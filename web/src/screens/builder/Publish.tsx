import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "@/api/session";
import { countsQuery, openCasesQuery, publish, workflowQuery } from "@/api/workflows";
import type { TaskSource } from "@/graph/graph";
import { useFormat } from "@/i18n/format";
import { Moving } from "@/moving/Moving";
import { Badge, Button, Dialog, Notice, Row, Stack, Table, Text, toast } from "@/ui";
import type { Published } from "./Builder";
import { taskChanges, type TaskChange } from "./compare";
import { TaskChanges, TONES } from "./Changes";

interface Props {
  text: string;
  over: Published | null;
  tasks: readonly TaskSource[];
  onPublished: (id: number) => void;
  onClose: () => void;
}

/** What publishing would change, and for how many open cases; then it is done, and these can be moved. */
export function Publish({ text, over, tasks, onPublished, onClose }: Props) {
  const { t } = useTranslation(["workflows", "common"]);
  const workspace = useWorkspace();
  const queries = useQueryClient();
  const open = useQuery({ ...openCasesQuery(workspace, over?.id ?? 0), enabled: over !== null });
  const changes = taskChanges(over?.tasks ?? [], tasks);
  const publishing = useMutation({
    mutationFn: () => publish(workspace, text, over),
    onSuccess: (made) => {
      toast({ message: t("builder.published", { version: made.version }) });
      void queries.invalidateQueries({ queryKey: ["workflows", workspace] });
      if (open.data === undefined || open.data === 0) onPublished(made.id);
    },
  });
  const made = publishing.data;
  if (made !== undefined) {
    const leave = () => onPublished(made.id);
    return (
      <Dialog title={t("builder.published", { version: made.version })} isOpen onClose={leave} isWide>
        <Moving workflow={made.id} to={made.version} cases={null} onClose={leave} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t("builder.publish")} isOpen onClose={onClose} isWide>
      <Stack gap={4}>
        {changes.length === 0 ? <Text>{t("builder.no_task_changes")}</Text> : <Changes over={over} changes={changes} />}
        {open.data !== undefined && <Text tone="muted">{t("builder.staying", { count: open.data })}</Text>}
        {publishing.isError && (
          <Notice tone="bad">
            <span translate="no">{publishing.error.message}</span>
          </Notice>
        )}
        <Row>
          <Button emphasis="primary" isBusy={publishing.isPending} onClick={() => publishing.mutate()}>
            {t("builder.publish_now")}
          </Button>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
        </Row>
      </Stack>
    </Dialog>
  );
}

function Changes({ over, changes }: { over: Published | null; changes: readonly TaskChange[] }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const open = useOpen(over);
  const touched = changes.reduce((sum, one) => sum + (one.change === "added" ? 0 : (open.get(one.key) ?? 0)), 0);
  return (
    <>
      {over !== null && <Notice tone={touched > 0 ? "warn" : "info"}>{t("builder.impact", { count: touched })}</Notice>}
      <Table
        caption={t("builder.changes")}
        rows={changes}
        keyOf={(one) => one.key}
        columns={[
          { key: "task", label: t("task"), cell: (one) => <span translate="no">{one.name}</span> },
          { key: "change", label: t("builder.change"), cell: (one) => <Badge tone={TONES[one.change]}>{t(`builder.is_${one.change}`)}</Badge> },
          { key: "open", label: t("builder.open_cases"), isNumber: true, cell: (one) => <span translate="no">{format.number(open.get(one.key) ?? 0)}</span> },
        ]}
      />
      {changes.some((one) => one.fields.length > 0) && (
        <details>
          <summary>{t("versions.by_field")}</summary>
          <TaskChanges changes={changes.filter((one) => one.fields.length > 0)} />
        </details>
      )}
    </>
  );
}

/** How many open cases stand on each task of what is published now, by the task's key. */
function useOpen(over: Published | null): ReadonlyMap<string, number> {
  const workspace = useWorkspace();
  const id = over?.id ?? 0;
  const workflow = useQuery({ ...workflowQuery(workspace, id), enabled: over !== null });
  const counts = useQuery({ ...countsQuery(workspace, id, {}), enabled: over !== null });
  return new Map(workflow.data?.tasks.map((task) => [task.key, counts.data?.[String(task.id)]?.count ?? 0]));
}
