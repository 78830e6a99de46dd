"""The world outside, in a process of its own: writes down every effect with its key, on the disk, before it answers.

Run as `python -m tests.chaos.ledger PORT FILE SEED`. How it answers the first time a key comes is chance, by the seed:
as it should, late, with 500, not at all, or by dying; what was written down stays written down.
"""

import asyncio
import json
import os
import random
import sys
from pathlib import Path

WAYS = {"well": 70, "late": 10, "500": 10, "hangs up": 7, "dies": 3}
LATE_SECONDS = 0.4


class Ledger:
    """The effects of a file."""

    def __init__(self, path: Path, seed: str) -> None:
        self._seed = seed
        self._seen = {effect["key"] for effect in effects(path)}
        self._file = path.open("a")

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
                body = json.loads(await reader.readexactly(int(fields["content-length"])))
                await self._answer(writer, self._note(fields["idempotency-key"], body["label"]), body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _note(self, key: str, label: str) -> str:
        """Write an effect down; how to answer."""
        way = random.Random(f"{self._seed} {key}").choices(list(WAYS), list(WAYS.values()))[0]
        is_first = key not in self._seen
        self._seen.add(key)
        self._file.write(json.dumps({"key": key, "label": label}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        return way if is_first else "well"

    async def _answer(self, writer: asyncio.StreamWriter, way: str, body: dict[str, object]) -> None:
        if way == "dies":
            os._exit(1)
        if way == "hangs up":
            raise ConnectionError
        if way == "late":
            await asyncio.sleep(LATE_SECONDS)
        status = "500 Sorry" if way == "500" else "200 OK"
        said = json.dumps({"n": body.get("n")}).encode()
        head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(said)}\r\n\r\n"
        writer.write(head.encode() + said)


def effects(path: Path) -> list[dict[str, str]]:
    """What was written down: a key and a label each."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def main() -> None:
    port, path, seed = sys.argv[1:]
    server = await asyncio.start_server(Ledger(Path(path), seed).receive, "127.0.0.1", int(port))
    print("ready", flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
