import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Entry } from "@/api/activities";
import { useWorkspace } from "@/api/session";
import { toneOf } from "@/api/words";
import { Ago, Badge, Mark } from "@/ui";
import { DueBadge } from "./DueBadge";
import classes from "./inbox.module.css";

export const ROW_HEIGHT = 68;

/** One piece of work: whose case, which task, when it is due, or else since when it waits. */
export const EntryRow = memo(function EntryRow({ entry, isOpen, isMarked, onMark }: { entry: Entry; isOpen: boolean; isMarked: boolean; onMark: (entry: Entry) => void }) {
  const { t } = useTranslation(["inbox", "common"]);
  const workspace = useWorkspace();
  const { attributes, id } = entry.activity;
  const name = entry.workUnit?.name ?? "";
  return (
    <div className={classes["row"]} data-open={isOpen || undefined}>
      <Mark label={t("mark", { name })} isMarked={isMarked} onChange={() => onMark(entry)} />
      <Link to="/w/$workspace/inbox/$activity" params={{ workspace, activity: id }} search className={classes["link"]} aria-current={isOpen ? "page" : undefined}>
        <span className={classes["line"]}>
          <span className={classes["case"]} translate="no">
            {name}
          </span>
          <span className={classes["since"]}>
            {attributes.due_at == null ? <Ago at={attributes.created_at} /> : <DueBadge of={entry.activity} />}
          </span>
        </span>
        <span className={classes["line"]}>
          <span className={classes["task"]} translate="no">
            {attributes.name} · {entry.projectName}
          </span>
          <Badge tone={toneOf(attributes.status)}>{t(`common:status.activity.${attributes.status}`)}</Badge>
        </span>
      </Link>
    </div>
  );
});
