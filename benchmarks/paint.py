"""How soon a page answers: what the browser itself says of interactions and frames, step by step."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Page

from benchmarks.report import percentile, row

LIMIT_MS = 100
UNSEEN_MS = {"paint": 16, "frame": 50}
"""What the browser does not report: an interaction that is painted sooner, a frame that takes less."""

OBSERVE = """
(() => {
  const found = { paint: 0, frame: 0 };
  const note = (entries) => {
    for (const one of entries) {
      if (one.entryType === "event" && one.interactionId > 0) found.paint = Math.max(found.paint, one.duration);
      if (one.entryType === "long-animation-frame") found.frame = Math.max(found.frame, one.duration);
    }
  };
  const watch = (options) => {
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ buffered: true, ...options });
    return observer;
  };
  const observers = [watch({ type: "event", durationThreshold: 16 }), watch({ type: "long-animation-frame" })];
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  window.casework_found = async () => {
    for (let number = 0; number < 3; number += 1) await frame();
    for (const one of observers) note(one.takeRecords());
    const told = { ...found };
    Object.assign(found, { paint: 0, frame: 0 });
    return told;
  };
})();
"""
"""Keeps the longest of each since it was last asked. An entry comes after the frame that it is about."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Milliseconds: from the interaction to the next paint, the longest frame, and until what was wanted is there."""

    paint: float
    frame: float
    shown: float


class Watch:
    """Measures steps on a page, and prints them: p50 and p95 of each."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._taken: dict[str, list[Taken]] = defaultdict(list)

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """What is done within: it ends when what was wanted is there."""
        await self._page.evaluate("casework_found()")
        begun = time.perf_counter()
        yield
        shown = (time.perf_counter() - begun) * 1000
        found = await self._page.evaluate("casework_found()")
        longest = {what: max(found[what], least) for what, least in UNSEEN_MS.items()}
        self._taken[name].append(Taken(shown=shown, **longest))

    def print(self) -> None:
        row("", "paint p50", "paint p95", "frame p50", "frame p95", "there p50", "there p95", "within")
        for name, taken in self._taken.items():
            parts = [[getattr(one, what) for one in taken] for what in ("paint", "frame", "shown")]
            cells = [f"{percentile(part, share):.0f}" for part in parts for share in (0.5, 0.95)]
            slowest = max(percentile(part, 0.95) for part in parts[:2])
            row(name, *cells, "yes" if slowest <= LIMIT_MS else "NO")
