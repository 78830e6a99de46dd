import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { REGRET_MILLISECONDS, unlessRegretted } from "./regret";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function leaving(page: EventTarget): Event {
  const event = new Event("beforeunload", { cancelable: true });
  page.dispatchEvent(event);
  return event;
}

test("it is done once, after a while", () => {
  const [act, page] = [vi.fn(), new EventTarget()];
  unlessRegretted(act, page);
  vi.advanceTimersByTime(REGRET_MILLISECONDS - 1);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(leaving(page).defaultPrevented).toBe(false);
  expect(act).toHaveBeenCalledTimes(1);
});

test("who regrets it in time has done nothing", () => {
  const [act, page] = [vi.fn(), new EventTarget()];
  unlessRegretted(act, page)();
  vi.advanceTimersByTime(REGRET_MILLISECONDS);
  expect(leaving(page).defaultPrevented).toBe(false);
  expect(act).not.toHaveBeenCalled();
});

test("who leaves meanwhile is asked, and it is done at once", () => {
  const [act, page] = [vi.fn(), new EventTarget()];
  unlessRegretted(act, page);
  expect(leaving(page).defaultPrevented).toBe(true);
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(REGRET_MILLISECONDS);
  expect(act).toHaveBeenCalledTimes(1);
});
