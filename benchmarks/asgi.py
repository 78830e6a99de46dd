"""Calling an ASGI application without a server or a client library between."""

from typing import Any


async def get(app: Any, path: str, query: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """The status and the body of a GET."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": "bench", **headers}.items()],
        "client": ("127.0.0.1", 1),
        "server": ("bench", 80),
        "state": {},
    }
    status = 0
    body = b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, body
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")

    await app(scope, receive, send)
    return status, body


def bare(queries: list[tuple[str, tuple[Any, ...]]], database: Any, body: bytes) -> Any:
    """An application that runs those queries and sends those bytes, and does nothing else."""
    start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        async with database.read() as connection:
            for query, arguments in queries:
                await connection.fetch(query, *arguments)
        await send(start)
        await send({"type": "http.response.body", "body": body})

    return app
