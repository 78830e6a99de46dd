/**
 * How screens stay current. Every query that shows what others change passes `refetchInterval: LIVE_MILLISECONDS`;
 * what replaces asking by being told is written here and nowhere else.
 */
export const LIVE_MILLISECONDS = 5_000;
