"""A receiver of webhooks, in a process of its own; its address says how it behaves. What comes is a line of output.

/status/N answers N; /flaky/N refuses the first N and takes the rest; /slow never answers; /drop hangs up in the middle;
/redirect points at /status/200.
"""

import asyncio
import json
import sys
from collections import Counter

SEEN: Counter[str] = Counter()


async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            request, *fields = head.splitlines()
            headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields if one)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            path = request.split()[1]
            say(json.dumps({"path": path, "headers": headers, "body": body.decode()}))
            if not await answer(path, writer):
                return
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def answer(path: str, writer: asyncio.StreamWriter) -> bool:
    """Behave as the address says; whether the connection goes on."""
    _, way, *rest = path.split("/")
    SEEN[path] += 1
    if way == "slow":
        await asyncio.Event().wait()
    if way == "drop":
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab")
        return False
    status, more = int(rest[0]) if rest else 200, ""
    if way == "flaky":
        status = 503 if SEEN[path] <= int(rest[0]) else 200
    if way == "redirect":
        status, more = 307, "location: /status/200\r\n"
    writer.write(f"HTTP/1.1 {status} So\r\n{more}content-length: 0\r\n\r\n".encode())
    await writer.drain()
    return True


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main() -> None:
    server = await asyncio.start_server(receive, "127.0.0.1", int(sys.argv[1]))
    say(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
