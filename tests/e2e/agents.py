"""Agents at work for the browser's tests: a worker in a process of its own, with the functions that they call."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import casework
from tests.cli.command import COMMAND, environment
from tests.running import SECRET_KEY

REFUNDS: dict[str, Any] = {
    "casework": 1,
    "key": "refunds",
    "name": "Refunds",
    "tasks": [
        {
            "key": "look",
            "name": "Triage",
            "kind": "agent",
            "model": "scripted",
            "prompt": "Who refunds it?",
            "rules": [
                {"contains": '"total":', "calls": [{"tool": "refund", "arguments": {"amount": 12}}]},
                {"contains": "refunds", "calls": [{"tool": "find_order", "arguments": {"number": 4711}}]},
                {"contains": "refused", "answer": "I may not pay it back."},
                {"contains": "changed", "answer": "A part of it is paid back."},
                {"answer": "It is paid back."},
            ],
            "tools": [
                {"name": "find_order", "kind": "function", "marks": "read", "description": "Gives an order."},
                {"name": "refund", "kind": "function", "marks": "act", "description": "Pays money back."},
            ],
            "approvals": {"roles": ["lead"]},
        }
    ],
}
"""It finds an order by itself, and asks a lead before it pays back what that cost."""

ADVICE: dict[str, Any] = {
    "casework": 1,
    "key": "advice",
    "name": "Advice",
    "tasks": [
        {
            "key": "advise",
            "name": "Counsel",
            "kind": "agent",
            "model": "scripted",
            "prompt": "How much may be paid back?",
            "rules": [
                {"contains": '"amount":', "answer": "Then that is paid back."},
                {
                    "contains": "paid back",
                    "calls": [
                        {
                            "tool": "ask_person",
                            "arguments": {
                                "question": "How much is fair?",
                                "schema": {
                                    "type": "object",
                                    "required": ["amount"],
                                    "properties": {
                                        "amount": {"type": "integer", "maximum": 100},
                                        "reason": {"type": "string", "pattern": "^[A-Z]"},
                                    },
                                },
                            },
                        }
                    ],
                },
            ],
            "ask_person": {"roles": ["lead"]},
        }
    ],
}
"""It asks a lead what it may not decide."""


@casework.function
def find_order(number: int) -> dict[str, int]:
    """An order, and what it cost."""
    return {"number": number, "total": 12}


@casework.function
def refund(amount: int) -> str:
    """Money that is paid back."""
    return f"{amount} paid"


@contextmanager
def worker(database_url: str) -> Iterator[None]:
    """Performs the steps of agents, and may call models on this machine."""
    command = [*COMMAND, "worker", "--kinds", "agent", "--app", __name__, "--database-url", database_url]
    env = environment(CASEWORK_LOG_LEVEL="warning", CASEWORK_SECRET_KEY=SECRET_KEY, CASEWORK_EGRESS_ALLOW="127.0.0.1")
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.readline()  # it performs steps
        yield
        process.terminate()
