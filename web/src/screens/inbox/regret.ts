/** What cannot be undone waits until nobody regrets it, but not longer than the page is there. */
export const REGRET_MILLISECONDS = 6_000;

/**
 * Does it after a while, unless what this gives is called before. Whoever leaves the page meanwhile is asked whether they
 * mean to, and it is done at once: they were told that it is.
 */
export function unlessRegretted(act: () => void, page: EventTarget = window): () => void {
  const end = () => {
    clearTimeout(timer);
    page.removeEventListener("beforeunload", leave);
  };
  const leave = (event: Event) => {
    event.preventDefault();
    end();
    act();
  };
  const timer = setTimeout(() => {
    end();
    act();
  }, REGRET_MILLISECONDS);
  page.addEventListener("beforeunload", leave);
  return end;
}
