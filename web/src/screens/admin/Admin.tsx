import { Link, Navigate, Outlet, useMatchRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe, useWorkspace } from "@/api/session";
import { Page } from "@/ui";
import classes from "./admin.module.css";

/** Each with the scope that its list needs; keys are everybody's own, and limits hold for everybody. */
const SECTIONS = [
  { name: "members", needs: "members:read" },
  { name: "roles", needs: "members:read" },
  { name: "grants", needs: "workflows:write" },
  { name: "keys", needs: undefined },
  { name: "secrets", needs: "secrets:read" },
  { name: "webhooks", needs: "webhooks:read" },
  { name: "schedules", needs: "workflows:write" },
  { name: "hooks", needs: "workflows:write" },
  { name: "limits", needs: undefined },
  { name: "audit", needs: "events:read" },
] as const;

/** Who and what may do something in the workspace, and what was done. */
export function Admin() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const isBare = useMatchRoute()({ to: "/w/$workspace/admin" }) !== false;
  return (
    <Page title={t("title")} lead={t("lead")}>
      <div className={classes["frame"]}>
        <nav className={classes["sections"]} aria-label={t("title")}>
          {SECTIONS.filter(({ needs }) => needs === undefined || me.may(needs)).map(({ name }) => (
            <Link key={name} to="/w/$workspace/admin/$section" params={{ workspace, section: name }} className={classes["section"]}>
              {t(`${name}.title`)}
            </Link>
          ))}
        </nav>
        {isBare ? <Navigate to="/w/$workspace/admin/$section" params={{ workspace, section: "members" }} replace /> : <Outlet />}
      </div>
    </Page>
  );
}
