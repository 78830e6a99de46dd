import { useTranslation } from "react-i18next";
import type { Activity } from "@/api/activities";
import { Ago, Badge, useNow, type Tone } from "@/ui";
import { dueOf, LIVE, MINUTE, type Due } from "./filters";

const TONES: Record<Due, Tone> = { late: "bad", soon: "warn", later: "quiet" };

/** When open work is due: a warning shortly before, and another one from then on. */
export function DueBadge({ of: { attributes } }: { of: Activity }) {
  const { t } = useTranslation("inbox");
  const now = useNow(MINUTE);
  if (attributes.due_at == null || !LIVE.includes(attributes.status)) return null;
  const due = dueOf(attributes.due_at, now);
  return (
    <Badge tone={TONES[due]}>
      {t(due === "late" ? "overdue" : "due")} <Ago at={attributes.due_at} />
    </Badge>
  );
}
