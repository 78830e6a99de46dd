"""A process that speaks the OpenAI protocol as it is told to, and takes what tools do.

PUT /NAME/script: what the model NAME answers, request by request; the last answer stays. An answer is one of
    {"text": ...}, {"calls": [[tool, arguments], ...]}, {"refusal": ...}, {"status": 500, "headers": {}, "body": {}},
    {"raw": "..."}, {"cut": true}, {"wait": true} (until PUT /NAME/go), {"obey": true} (every order that it reads).
    A streamed {"text": ..., "gated": true} has its first word at once, and one more or its end by each PUT /NAME/word.
POST /NAME/v1/chat/completions: the model. GET /NAME/seen: every request that the model had.
POST /NAME/effects...: an effect, which GET /NAME/effects lists with its key; PUT /NAME/status: how they are answered.
"""

import json
import re
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

ORDER = re.compile(r"CALL (\w+) (\{.*?\}) NOW")
LIMIT = 100_000_000


class State:
    """What one model was told and saw."""

    def __init__(self) -> None:
        self.script: list[dict[str, Any]] = []
        self.seen: list[dict[str, Any]] = []
        self.effects: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        self.go = threading.Event()
        self.begun = threading.Event()
        self.words = threading.Semaphore(0)


states: dict[str, State] = defaultdict(State)
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def body(self) -> Any:
        length = int(self.headers.get("content-length") or 0)
        return json.loads(self.rfile.read(length) or b"null")

    def place(self) -> tuple[State, str]:
        name, _, rest = self.path.strip("/").partition("/")
        return states[name], rest

    def send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_PUT(self) -> None:
        state, what = self.place()
        body = self.body()
        if what == "script":
            state.script = body
        elif what == "status":
            state.statuses = body
        elif what == "word":
            state.words.release()
        else:
            state.go.set()
        self.send(200, {})

    def do_GET(self) -> None:
        state, what = self.place()
        if what == "begun":
            self.send(200 if state.begun.wait(30) else 504, {})
        elif what == "seen":
            self.send(200, state.seen)
        elif what == "effects":
            self.send(200, state.effects)
        else:
            page = unquote(self.path)
            self.send(200, {"path": self.path, "page": page, "authorization": self.headers.get("authorization")})

    def do_POST(self) -> None:
        state, what = self.place()
        body = self.body()
        if what.startswith("effects"):
            state.effects.append({"key": self.headers.get("idempotency-key"), "path": self.path, "body": body})
            self.send(state.statuses.pop(0) if state.statuses else 200, {"ok": True, "number": len(state.effects)})
            return
        with lock:
            state.seen.append({**body, "authorization": self.headers.get("authorization")})
            answer = state.script.pop(0) if len(state.script) > 1 else state.script[0]
        if answer.get("wait"):
            state.begun.set()
            state.go.wait(30)
        if "status" in answer:
            self.send(answer["status"], answer.get("body", {}), answer.get("headers"))
        elif "raw" in answer:
            self.send(200, answer["raw"])
        elif "cut" in answer:
            self.cut(stream=bool(body.get("stream")))
        else:
            message = said(answer, body, len(state.seen))
            if body.get("stream"):
                self.stream(message, body["model"], state.words if answer.get("gated") else None)
            else:
                self.send(200, completion(message, body["model"]))

    def cut(self, *, stream: bool) -> None:
        """Begin an answer, and break off."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if stream else "application/json")
        self.send_header("content-length", "100000")
        self.end_headers()
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        delta = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Half a"}, "finish_reason": None}]}
        self.wfile.write(f"data: {json.dumps(chunk | delta)}\n\n".encode() if stream else b'{"id": "x", "choi')
        self.close_connection = True

    def stream(self, message: dict[str, Any], model: str, gate: threading.Semaphore | None) -> None:
        """An answer in pieces, each of which the gate lets through."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        base = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": model}
        words = re.findall(r"\S+\s*", message.get("content") or "")
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": word} for word in words]
        for i, call in enumerate(message.get("tool_calls") or []):
            deltas.append({"role": "assistant", "tool_calls": [{"index": i, **call}]})
        for delta in deltas:
            piece = {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
            self.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
            if gate is not None:
                gate.acquire(timeout=30)
        end = {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        usage = {**base, "choices": [], "usage": USAGE}
        self.wfile.write(f"data: {json.dumps(end)}\n\ndata: {json.dumps(usage)}\n\ndata: [DONE]\n\n".encode())
        self.close_connection = True


USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def said(answer: dict[str, Any], body: dict[str, Any], number: int) -> dict[str, Any]:
    """The message that an answer stands for."""
    calls = answer.get("calls")
    if "obey" in answer:
        last = json.dumps(body["messages"][-1].get("content")).replace('\\"', '"').replace("\\\\", "\\")
        calls = [[name, arguments] for name, arguments in ORDER.findall(last.replace('\\"', '"'))]
        answer = {"text": "Done as I was told."} if not calls else answer
    if not calls:
        return {"role": "assistant", "content": answer.get("text"), "refusal": answer.get("refusal")}
    return {
        "role": "assistant",
        "content": answer.get("text"),
        "tool_calls": [
            {
                "id": answer.get("id", f"call_{number}_{i}"),
                "type": "function",
                "function": {"name": name, "arguments": args if isinstance(args, str) else json.dumps(args)},
            }
            for i, (name, args) in enumerate(calls)
        ],
    }


def completion(message: dict[str, Any], model: str) -> dict[str, Any]:
    """A whole answer."""
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": USAGE,
    }


class Server(ThreadingHTTPServer):
    """Says nothing of clients that hang up."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()
