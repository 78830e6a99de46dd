"""Runs the measurements that are named, or all of them, and prints what each found."""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from pathlib import Path

import uvloop

from benchmarks import automation, browser, engine, http, large, lists
from benchmarks.report import heading, say
from casework import logs
from casework.store.embedded import embedded_server
from casework.wiring import settle_heap

MEASUREMENTS = {
    "engine": engine.measure,
    "automation": automation.measure,
    "http": http.measure,
    "lists": lists.measure,
    "large": large.measure,
    "browser": browser.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MEASUREMENTS], default=[], help="what to measure")
    parser.add_argument(
        "--short", action="store_true", help="briefly, to see that it still works; no figure means much"
    )
    arguments = parser.parse_args()
    logs.configure(level="warning", form="console")
    heading(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    uvloop.install()
    settle_heap()  # as a server
    for name in arguments.names or MEASUREMENTS:
        with (
            tempfile.TemporaryDirectory(prefix="casework-bench-") as directory,
            embedded_server(Path(directory)) as url,
        ):
            asyncio.run(MEASUREMENTS[name](url, short=arguments.short))
    say("done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
