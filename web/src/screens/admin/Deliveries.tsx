import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { useMe, useWorkspace } from "@/api/session";
import { deliveriesQuery, deliveryQuery, replayDelivery, testWebhook, webhookQuery, type Delivery } from "@/api/webhooks";
import { Ago, Badge, Button, Code, Drawer, EmptyState, ErrorState, Fact, Facts, Heading, IconRefresh, IconSend, Instant, Panel, Refused, Row, Stack, Table, Text, TextLink, Waiting, type Tone } from "@/ui";
import { WebhookState } from "./Webhooks";

const TONES: Record<string, Tone> = { pending: "info", delivered: "ok", failed: "bad" };

/** What was sent to one webhook. */
export function Deliveries() {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const id = Number(useParams({ from: "/w/$workspace/admin/webhooks/$webhook" }).webhook);
  const mayWrite = useMe().may("webhooks:write");
  const webhook = useQuery(webhookQuery(workspace, id));
  const deliveries = useInfiniteQuery(deliveriesQuery(workspace, id));
  const [shown, setShown] = useState<number | null>(null);
  const test = useChange({ act: () => testWebhook(workspace, id), touches: ["deliveries"], said: () => t("webhooks.tested") });
  const rows = deliveries.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel
      title={t("deliveries.title")}
      aside={
        mayWrite && (
          <Button icon={IconSend} isBusy={test.isPending} onClick={() => test.mutate()}>
            {t("webhooks.test")}
          </Button>
        )
      }
    >
      <Row>
        <TextLink to="/w/$workspace/admin/$section" params={{ workspace, section: "webhooks" }}>
          {t("webhooks.title")}
        </TextLink>
        {webhook.data !== undefined && (
          <>
            <Text isInline translate="no">
              {webhook.data.url}
            </Text>
            <WebhookState webhook={webhook.data} />
          </>
        )}
      </Row>
      <Refused error={test.error} />
      {deliveries.isPending && <Waiting lines={6} />}
      {deliveries.isError && rows.length === 0 && <ErrorState error={deliveries.error} onRetry={() => void deliveries.refetch()} />}
      {deliveries.isSuccess && rows.length === 0 && <EmptyState title={t("deliveries.none")}>{t("deliveries.none_why")}</EmptyState>}
      {rows.length > 0 && <DeliveryTable rows={rows} onShow={setShown} />}
      {deliveries.hasNextPage && (
        <Row>
          <Button isBusy={deliveries.isFetchingNextPage} onClick={() => void deliveries.fetchNextPage()}>
            {t("more")}
          </Button>
        </Row>
      )}
      <Drawer title={t("deliveries.one")} isOpen={shown !== null} onClose={() => setShown(null)}>
        {shown !== null && <DeliveryDetail webhook={id} id={shown} mayReplay={mayWrite} />}
      </Drawer>
    </Panel>
  );
}

function StateOf({ status }: { status: string }) {
  const { t } = useTranslation(["admin", "common"]);
  return <Badge tone={TONES[status] ?? "quiet"}>{t(`deliveries.state.${status}`)}</Badge>;
}

function DeliveryTable({ rows, onShow }: { rows: Delivery[]; onShow: (id: number) => void }) {
  const { t } = useTranslation(["admin", "common"]);
  return (
    <Table
      caption={t("deliveries.title")}
      rows={rows}
      keyOf={(one) => one.id}
      columns={[
        { key: "type", label: t("deliveries.type"), cell: (one) => <Code>{one.type}</Code> },
        { key: "state", label: t("state"), cell: (one) => <StateOf status={one.status} /> },
        { key: "answer", label: t("deliveries.answer"), cell: (one) => <span translate="no">{one.responseStatus ?? one.error ?? ""}</span> },
        { key: "attempts", label: t("deliveries.attempts"), isNumber: true, cell: (one) => <span translate="no">{one.attempts}</span> },
        { key: "made", label: t("deliveries.made"), isNumber: true, cell: (one) => <Ago at={one.createdAt} /> },
        {
          key: "show",
          label: t("actions"),
          isNumber: true,
          cell: (one) => (
            <Button emphasis="quiet" aria-label={`${t("show")}: ${one.type} ${one.id}`} onClick={() => onShow(one.id)}>
              {t("show")}
            </Button>
          ),
        },
      ]}
    />
  );
}

function DeliveryDetail({ webhook, id, mayReplay }: { webhook: number; id: number; mayReplay: boolean }) {
  const { t } = useTranslation(["admin", "common"]);
  const workspace = useWorkspace();
  const delivery = useQuery(deliveryQuery(workspace, webhook, id));
  const replay = useChange({ act: () => replayDelivery(workspace, webhook, id), touches: ["deliveries"], said: () => t("deliveries.replayed") });
  if (delivery.data === undefined) return delivery.isError ? <ErrorState error={delivery.error} onRetry={() => void delivery.refetch()} /> : <Waiting />;
  const { data } = delivery;
  return (
    <Stack gap={4}>
      <Facts>
        <Fact label={t("deliveries.type")}>
          <Code>{data.type}</Code>
        </Fact>
        <Fact label={t("state")}>
          <StateOf status={data.status} />
        </Fact>
        <Fact label={t("deliveries.message")}>
          <Code>{data.messageId}</Code>
        </Fact>
        {data.nextAttemptAt !== null && (
          <Fact label={t("deliveries.next")}>
            <Ago at={data.nextAttemptAt} />
          </Fact>
        )}
      </Facts>
      {mayReplay && (
        <Row>
          <Button icon={IconRefresh} isBusy={replay.isPending} onClick={() => replay.mutate()}>
            {t("deliveries.replay")}
          </Button>
        </Row>
      )}
      <Refused error={replay.error} />
      <Heading level={3}>{t("deliveries.attempts")}</Heading>
      <Table
        caption={t("deliveries.attempts")}
        rows={data.attemptLog}
        keyOf={(one) => one.number}
        columns={[
          { key: "number", label: t("deliveries.number"), cell: (one) => <span translate="no">{one.number}</span> },
          { key: "at", label: t("audit.at"), cell: (one) => (one.at === null ? "" : <Instant at={one.at} />) },
          { key: "answer", label: t("deliveries.answer"), cell: (one) => <span translate="no">{one.error ?? one.responseStatus ?? ""}</span> },
          { key: "took", label: t("deliveries.took"), isNumber: true, cell: (one) => <span translate="no">{`${one.durationMs} ms`}</span> },
        ]}
      />
      <Heading level={3}>{t("deliveries.payload")}</Heading>
      <Code isBlock label={t("deliveries.payload")}>
        {JSON.stringify(data.payload, null, 2)}
      </Code>
    </Stack>
  );
}
