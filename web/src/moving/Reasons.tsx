import { useTranslation } from "react-i18next";
import type { Reason } from "@/api/report";
import { useWorkspace } from "@/api/session";
import { useFormat } from "@/i18n/format";
import { Code, Row, Table, Text, TextLink } from "@/ui";

const NAMED_MAX = 3;

/** Why cases stay where they are, the most frequent reason first. */
export function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  const { t } = useTranslation("moving");
  const format = useFormat();
  const workspace = useWorkspace();
  if (reasons.length === 0) return null;
  return (
    <Table
      caption={t("reasons")}
      rows={reasons}
      keyOf={({ code, task }) => `${code} ${task ?? ""}`}
      columns={[
        {
          key: "why",
          label: t("why"),
          cell: ({ code, samples }) => (
            <>
              {t([`reason.${code}`, "reason.refused"])}
              <Text size="xs" tone="muted" translate="no">
                {samples[0]?.message}
              </Text>
            </>
          ),
        },
        { key: "task", label: t("task"), cell: ({ task }) => (task === null ? "–" : <Code>{task}</Code>) },
        { key: "cases", label: t("cases"), isNumber: true, cell: ({ runs }) => <span translate="no">{format.number(runs)}</span> },
        {
          key: "such_as",
          label: t("such_as"),
          cell: ({ samples }) => (
            <Row gap={4}>
              {samples.slice(0, NAMED_MAX).map(({ assignmentId }) => (
                <TextLink key={assignmentId} to="/w/$workspace/cases/$case" params={{ workspace, case: String(assignmentId) }} translate="no">
                  #{assignmentId}
                </TextLink>
              ))}
            </Row>
          ),
        },
      ]}
    />
  );
}
