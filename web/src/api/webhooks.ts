/** Webhooks and their deliveries. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { LIVE_MILLISECONDS } from "@/live";
import { answerOf, api, type Schemas } from "./client";

export type Webhook = Schemas["WebhookResponse"];
export type NewWebhook = Schemas["CreateWebhookRequest"];
export type Delivery = Schemas["DeliveryResponse"];

const within = (workspace_uuid: string) => ({ path: { workspace_uuid } });
const one = (workspace_uuid: string, id: number) => ({ path: { workspace_uuid, webhook_id: id } });
const delivery = (workspace_uuid: string, id: number, which: number) => ({
  path: { workspace_uuid, webhook_id: id, delivery_id: which },
});

export function webhooksQuery(workspace: string, page: number, pageSize: number) {
  return queryOptions({
    queryKey: ["webhooks", workspace, page, pageSize],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/webhooks", { params: { ...within(workspace), query: { page, pageSize } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function webhookQuery(workspace: string, id: number) {
  return queryOptions({
    queryKey: ["webhooks", workspace, "one", id],
    queryFn: ({ signal }) => answerOf(api.GET("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}", { params: one(workspace, id), signal })),
  });
}

export function addWebhook(workspace: string, body: NewWebhook) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/webhooks", { params: within(workspace), body }));
}

export function changeWebhook(workspace: string, id: number, body: Schemas["UpdateWebhookRequest"]) {
  return answerOf(api.PUT("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}", { params: one(workspace, id), body }));
}

export function removeWebhook(workspace: string, id: number) {
  return answerOf(api.DELETE("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}", { params: one(workspace, id) }));
}

export function rotateWebhook(workspace: string, id: number) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}/rotate-secret", { params: one(workspace, id) }));
}

export function testWebhook(workspace: string, id: number) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}/test", { params: one(workspace, id) }));
}

const DELIVERIES_PAGE = 50;

/** What was sent to a webhook, newest first. */
export function deliveriesQuery(workspace: string, id: number) {
  return infiniteQueryOptions({
    queryKey: ["deliveries", workspace, id],
    queryFn: ({ signal, pageParam }) => {
      const query = { pageSize: DELIVERIES_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answerOf(api.GET("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}/deliveries", { params: { ...one(workspace, id), query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: LIVE_MILLISECONDS,
  });
}

/** A delivery with its payload and every attempt. */
export function deliveryQuery(workspace: string, id: number, which: number) {
  return queryOptions({
    queryKey: ["deliveries", workspace, id, which],
    queryFn: ({ signal }) =>
      answerOf(api.GET("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}/deliveries/{delivery_id}", { params: delivery(workspace, id, which), signal })),
    refetchInterval: LIVE_MILLISECONDS,
  });
}

export function replayDelivery(workspace: string, id: number, which: number) {
  return answerOf(api.POST("/api/v2/w/{workspace_uuid}/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", { params: delivery(workspace, id, which) }));
}
