/** How reading behaves everywhere: what is asked again, and when. */
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { hasStatus, isAway } from "./errors";
import { onReturn } from "./reach";

const RETRIES_MAX = 2;

/** `onExpired` is called when the session has ended. */
export function newQueryClient(onExpired: () => void): QueryClient {
  const watch = (error: unknown) => {
    if (hasStatus(error, 401)) onExpired();
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        retry: (count, error) => isAway(error) && count < RETRIES_MAX,
        staleTime: 2_000,
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  onReturn(() => void client.invalidateQueries());
  return client;
}
