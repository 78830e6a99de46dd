"""Statements are written in the store and nowhere else, of constant text, for a workspace that somebody may look into.

Every exception stands here with its reason, and falls when it is not needed any more.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from litestar import Router, get

import casework
from casework.api.app import create_app
from casework.core.permission import Policy
from tests.security import lints
from tests.security.declared import ROUTES

SOURCES = Path(casework.__file__).parent
MODULES = {str(path.relative_to(SOURCES).with_suffix("")): path.read_text() for path in sorted(SOURCES.rglob("*.py"))}
STORE = {name.removeprefix("store/"): text for name, text in MODULES.items() if name.startswith("store/")}

SQL_ELSEWHERE = {
    "eventlog/shelf": "a scratch file of its own, in SQLite, that holds a foreign log while it is read",
}
"""Modules outside the store that write SQL, and why."""

DRIVERS = {"asyncpg", "sqlalchemy", "alembic", "psycopg"}

NUMBERED = "clauses of constant text; values are bound, and only the numbers of their places are written"
DECLARED = "columns are declared in this program; what a caller wrote is bound by Parameters"
OWN_NAMES = "the names and types of our own tables and columns, from the constants of this module"
CLOCKS = "expressions over our own columns, made once when the module is loaded"

INTERPOLATED = {
    "activities": {"get_activity": DECLARED, "_among": DECLARED},
    "activity_filters": {"": CLOCKS},
    "analytics": {"_page_query": NUMBERED, "_bounds": NUMBERED},
    "assignments": dict.fromkeys(("total", "_walk", "_source", "_where", "_merged", "_order"), NUMBERED),
    "clocks": dict.fromkeys(("since", "live", "pipeline", "_lasted"), CLOCKS),
    "dump": dict.fromkeys(("dump", "_run"), "names of files, arguments of a program, refusals; no SQL"),
    "embedded": {"embedded_server": "a directory in the address of a server, quoted; no SQL"},
    "events": {"_bounds": NUMBERED},
    "history": {"alone": "the name of a lock, which is hashed; no SQL"},
    "partitions": {"make": "the first days of months, by the server's clock: partitions take no parameters"},
    "project_members": {"_of": DECLARED},
    "projects": {"get_projects": DECLARED, "_of": DECLARED},
    "runs": {"": OWN_NAMES},
    "selection": dict.fromkeys(
        (
            *("bind", "fetch_page", "fetch_these", "fetch_count", "_clause", "_any", "_value", "_holds"),
            *("_either", "_term"),
        ),
        DECLARED,
    ),
    "stats": dict.fromkeys(("counts_by_task", "count_chats", "_page", "_counted", "_bound"), NUMBERED),
    "tasks": {"_too_many": "a JSON pointer in a refusal; no SQL"},
    "work_periods": {"": CLOCKS},
    "work_rows": {"insertion": OWN_NAMES, "_update": OWN_NAMES},
    "writes": {
        "_joined": "statements of the store, joined",
        "_shifted": "only the numbers of their parameters are written anew",
    },
    "work_units": {"": CLOCKS, "get_work_units": DECLARED, "_of": DECLARED},
}
"""Functions of the store that put something else than a constant into a text, and why that is no way in."""

PEOPLE = "accounts and their sessions are of no workspace"
ENGINE = "the engine's: of an order, which names its workspace, and is refused where the run's is another"
ROWS = "the engine's: every row that it writes bears its workspace, and references across are refused by their keys"
CLAIMS = "by a hash of who asks, in which workspace, for what, and their own secret"
SENDER = "the sender's: of every workspace; each row that it writes bears that of the row it is made of"
WORKERS = "of every workspace: a worker is the installation's, and what it finds is ordered in the step's workspace"
MAINTENANCE = "looks after the whole database, on behalf of whoever runs the server"

UNGUARDED = {
    "accounts": dict.fromkeys(
        ("find_by_email", "find", "find_all", "insert", "insert_missing", "set_password"), PEOPLE
    ),
    "attempts": dict.fromkeys(("record", "forget", "forget_before"), PEOPLE),
    "calendars": {"load": ENGINE},
    "capacity": {"rooms": ENGINE, "note_handed": ROWS},
    "data_keys": {"wrapped_otherwise": MAINTENANCE},
    "deliveries": {"claim": SENDER, "forget_before": MAINTENANCE},
    "database": {"prepare": "asks nothing"},
    "definitions": {"fetch": ENGINE, "newest": ENGINE},
    "distribution": dict.fromkeys(("people", "waiting"), ENGINE),
    "doctor": {"breaches": MAINTENANCE},
    "finished_runs": {"insert": "a place names the workspace"},
    "health": {"answers": "asks nothing of anybody"},
    "history": {
        "workspaces_called": "for the command line, on the server's own machine",
        "advance": "of an import that `find` or `begin` gave for a workspace",
    },
    "idempotency": dict.fromkeys(
        ("find", "claim", "claim_all", "release", "refer", "keep", "forget", "forget_before"), CLAIMS
    ),
    "hooks": {"called": "it is what finds the workspace, for whoever then proves that it knows the secret"},
    "identity": {"identify": "it is what finds the workspace", "note_use": "of the credential that was shown"},
    "limits": {"waiting": MAINTENANCE, "seconds_to_next": WORKERS, "forget_starts": MAINTENANCE},
    "messages": {"say": ROWS, "lock_chats": ENGINE},
    "outbox": {"spread": SENDER},
    "partitions": {"make": MAINTENANCE},
    "queue": {
        "enqueue": ROWS,
        "uncalled": WORKERS,
        "release": WORKERS,
        "depths": MAINTENANCE,
        "forget_before": MAINTENANCE,
    },
    "runs": dict.fromkeys(("lock", "steps_of", "every_step_of", "steps_to_retry", "lock_people", "new_ids"), ENGINE),
    "run_chats": dict.fromkeys(("open_chats", "drop_chats"), ROWS),
    "secrets": {"every_sealed": MAINTENANCE},
    "selection": dict.fromkeys(
        ("fetch_page", "fetch_these", "fetch_count"), "a listing always names the workspace, as the first parameter"
    ),
    "schedules": {
        **dict.fromkeys(("now", "next_due"), "the database's clock, and when somebody should look: of no workspace"),
        **dict.fromkeys(("due", "settle"), "on behalf of the system; every schedule names its workspace"),
    },
    "sensitive": {"of_runs": ENGINE, "forget_readings": MAINTENANCE},
    "sessions": dict.fromkeys(("insert", "revoke", "revoke_all", "forget_ended"), PEOPLE),
    "signals": {"insert": ROWS, "lock": ENGINE, "forget_expired": MAINTENANCE},
    "statistics": {"refresh": MAINTENANCE},
    "stats": {"fold": MAINTENANCE},
    "writes": {"carry_out": ROWS},
    "workers": dict.fromkeys(
        ("register", "renew", "leave", "held", "abandoned", "forget", "due", "seconds_to_next", "memory", "living"),
        WORKERS,
    ),
    "workspaces": {"insert": "makes one", "page_of_account": PEOPLE},
}
"""Functions that are given a connection and neither a grant nor a workspace, and why."""

BAD_MODULE = '''
"""Select people from the list: prose."""

from store import LIMIT, rows

_ALL = f"select id from people limit {LIMIT} {rows.ORDER}"


async def find(connection, grant, name):
    """Nothing is selected from anywhere here."""
    return await connection.fetch(f"select id from people where name = '{name}'")


async def find_all(connection, limit):
    if limit < 0:
        raise ValueError(f"{limit} is too small")
    return await connection.fetch("delete from people", limit)


async def count(connection, *, workspace_id):
    return await connection.fetchval(_ALL, workspace_id)
'''


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("store/")])
def test_only_the_store_writes_sql_and_knows_the_driver(name: str):
    assert list(lints.statements(MODULES[name])) == [] or name in SQL_ELSEWHERE
    assert DRIVERS.isdisjoint(module.partition(".")[0] for module in lints.imports(MODULES[name]))


@pytest.mark.parametrize("name", STORE)
def test_statements_are_made_of_constants_or_of_what_is_known_to_be_harmless(name: str):
    found = {one.partition(":")[0] for one in lints.interpolations(STORE[name])}
    assert found == INTERPOLATED.get(name, {}).keys(), list(lints.interpolations(STORE[name]))


@pytest.mark.parametrize("name", STORE)
def test_what_is_read_is_read_for_a_workspace(name: str):
    assert set(lints.unguarded(STORE[name])) == UNGUARDED.get(name, {}).keys()


@pytest.mark.parametrize("listed", [SQL_ELSEWHERE, INTERPOLATED, UNGUARDED], ids=["sql", "text", "grants"])
def test_no_exception_is_made_for_a_module_that_is_not_there(listed: dict[str, Any]):
    assert listed.keys() <= MODULES.keys() | STORE.keys()


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("api/") and name != "api/routes"])
def test_routes_are_declared_in_one_way_alone(name: str):
    ways = {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "route",
        "asgi",
        "websocket",
        "HTTPRouteHandler",
        "Controller",
    }
    found = {module for module in lints.imports(MODULES[name]) if module.startswith("litestar")}
    assert ways.isdisjoint(module.rpartition(".")[2] for module in found)


def test_every_route_has_a_policy():
    assert all(isinstance(route.policy, Policy) for route in ROUTES)


def test_a_route_without_a_policy_stops_the_start():
    @get("/open")
    async def everybody() -> None: ...

    @asynccontextmanager
    async def nothing() -> AsyncIterator[Any]:
        yield None

    with pytest.raises(RuntimeError, match="GET /open"):
        create_app(nothing, routers=[Router("/", route_handlers=[everybody])])


def test_the_rules_find_what_they_look_for_and_nothing_else():
    assert [line.partition(":")[0] for line in lints.statements(BAD_MODULE)] == ["line 6", "line 11", "line 17"]
    assert list(lints.interpolations(BAD_MODULE)) == ["find: name"]
    assert list(lints.unguarded(BAD_MODULE)) == ["find (looks at no grant)", "find_all"]
    assert lints.imports("import asyncpg.pool\nfrom a.b import c") == {"asyncpg.pool", "a.b", "a.b.c"}


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("Select a task, then go on from there.", False),
        ("INSERT INTO x values (1)", True),
        ("update runs set state = 1", True),
        ("Update the set of roles.", False),
        ("Delete a role that nobody has.", False),
        ("select set_config('app.ws', $1, true)", True),
        ("drop table runs", True),
        ("Drop it on the table.", False),
    ],
)
def test_what_looks_like_sql_counts_as_sql(text, is_sql):
    assert bool(list(lints.statements(f"x = {text!r}"))) is is_sql
