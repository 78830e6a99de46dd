"""A system that steps call, in a process of its own; its address says how it behaves. What comes is a line of output.

/status/N answers N; /flaky/N refuses the first N with 503 and takes the rest; /busy/N says once to come back after N
seconds; /slow never answers; /drop hangs up in the middle; /huge answers too much; /redirect points at /echo; /text is
no JSON; /echo says what it was sent; /answers/BODY is that body, as JSON.
"""

import asyncio
import json
from collections import Counter
from urllib.parse import unquote

SEEN: Counter[str] = Counter()
HUGE = b"x" * (1024 * 1024 + 1)


async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            request, *fields = head.splitlines()
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields if one)}
            body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
            method, path, _ = request.split()
            heard = {"method": method, "path": path, "headers": headers, "body": body}
            print(json.dumps(heard), flush=True)  # noqa: T201
            if not await answer(path, heard, writer):
                return
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def answer(path: str, heard: dict[str, object], writer: asyncio.StreamWriter) -> bool:
    """Behave as the address says; whether the connection goes on."""
    _, way, *rest = path.partition("?")[0].split("/")
    SEEN[path] += 1
    if way == "slow":
        await asyncio.Event().wait()
    if way == "drop":
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab")
        return False
    more, body = said(way, rest, heard)
    head = f"HTTP/1.1 {status_of(way, rest, SEEN[path])} So\r\n{more}content-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + (b"" if heard["method"] == "HEAD" else body))
    await writer.drain()
    return True


def status_of(way: str, rest: list[str], visits: int) -> int:
    if way == "status":
        return int(rest[0])
    if way == "flaky" and visits <= int(rest[0]):
        return 503
    if way == "busy" and visits == 1:
        return 429
    return 307 if way == "redirect" else 200


def said(way: str, rest: list[str], heard: dict[str, object]) -> tuple[str, bytes]:
    """The headers, but for the length, and the body."""
    of_json = "content-type: application/json\r\n"
    ways = {
        "busy": (f"retry-after: {''.join(rest)}\r\n", b""),
        "redirect": ("location: /echo\r\n", b""),
        "huge": (of_json, HUGE),
        "text": ("content-type: text/plain; charset=latin-1\r\nset-cookie: a=b\r\n", b"caf\xe9\x00"),
        "answers": (of_json, unquote("/".join(rest)).encode()),
        "echo": (of_json, json.dumps(heard).encode()),
    }
    return ways.get(way, (of_json, json.dumps({"ok": True}).encode()))


async def main() -> None:
    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
