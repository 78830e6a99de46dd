import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useMatchRoute, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { chatsQuery, openChat, type Chat } from "@/api/chats";
import { useMe, useWorkspace } from "@/api/session";
import { Ago, Badge, Button, EmptyState, ErrorState, IconMessages, IconPlus, Pager, Segmented, Text, Unseen, Waiting } from "@/ui";
import classes from "./chats.module.css";

const PAGE_SIZE = 50;

/** The chats that the caller may see, and one of them beside. */
export function Chats() {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ from: "/w/$workspace/chats" });
  const isBare = useMatchRoute()({ to: "/w/$workspace/chats" }) !== false;
  const page = search.page ?? 1;
  const chats = useQuery(chatsQuery(workspace, { page, pageSize: PAGE_SIZE, mine: search.mine ?? false }));
  const open = useChange({
    act: () => openChat(workspace, {}),
    touches: ["chats"],
    onDone: (made) => void navigate({ to: "/w/$workspace/chats/$chat", params: { workspace, chat: String(made.id) }, search }),
  });
  const add = (
    <Button emphasis="primary" icon={IconPlus} isBusy={open.isPending} onClick={() => open.mutate()}>
      {t("add")}
    </Button>
  );
  return (
    <div className={classes["screen"]} data-open={!isBare || undefined}>
      <section className={classes["list"]} aria-label={t("list")}>
        <header className={classes["listHeader"]}>
          <h1 className={classes["title"]}>{t("title")}</h1>
          {add}
        </header>
        {me.may("chats:read") && (
          <Segmented
            label={t("whose")}
            value={search.mine === true ? "mine" : "all"}
            choices={[
              { value: "all", label: t("all") },
              { value: "mine", label: t("mine") },
            ]}
            onChange={(value) => void navigate({ to: "/w/$workspace/chats", params: { workspace }, search: value === "mine" ? { mine: true } : {} })}
          />
        )}
        {chats.isPending && <Waiting lines={8} />}
        {chats.isError && chats.data === undefined && <ErrorState error={chats.error} onRetry={() => void chats.refetch()} />}
        {chats.data !== undefined && (
          <>
            {chats.data.items.length === 0 && <Text tone="muted">{t("none")}</Text>}
            <ul className={classes["entries"]}>
              {chats.data.items.map((chat) => (
                <Entry key={chat.id} chat={chat} />
              ))}
            </ul>
            {chats.data.total > PAGE_SIZE && (
              <Pager page={page} size={PAGE_SIZE} total={chats.data.total} onPage={(next) => void navigate({ to: "/w/$workspace/chats", params: { workspace }, search: { ...search, page: next } })} />
            )}
          </>
        )}
      </section>
      <div className={classes["pane"]}>
        {isBare ? (
          <EmptyState title={t("choose")} icon={IconMessages}>
            {t("choose_why")}
          </EmptyState>
        ) : (
          <Outlet />
        )}
      </div>
    </div>
  );
}

function Entry({ chat }: { chat: Chat }) {
  const { t } = useTranslation(["chats", "common"]);
  const workspace = useWorkspace();
  const search = useSearch({ from: "/w/$workspace/chats" });
  return (
    <li>
      <Link to="/w/$workspace/chats/$chat" params={{ workspace, chat: String(chat.id) }} search={search} className={classes["entry"]}>
        <span className={classes["entryTitle"]} {...(chat.title === "" ? {} : { translate: "no" as const })}>
          {chat.title || t("untitled")}
        </span>
        {chat.summary !== "" && (
          <span className={classes["summary"]} translate="no">
            {chat.summary}
          </span>
        )}
        <span className={classes["entryMore"]}>
          <span translate="no">{chat.memberName}</span>
          {chat.lastMessageAt !== null && <Ago at={chat.lastMessageAt} />}
        </span>
        <span className={classes["marks"]}>
          {chat.needsResponse && <Badge tone="warn">{t("needs_response")}</Badge>}
          {chat.paused && <Badge tone="info">{t("taken")}</Badge>}
        </span>
        <Unseen>{t("count", { count: chat.messageCount })}</Unseen>
      </Link>
    </li>
  );
}
