"""The systems that automation is compared with, each over a database of its own on the same PostgreSQL.

Runs in a virtual environment of its own, which knows nothing of Casework: `python -m benchmarks.peers NAME URL RUNS
CLIENTS` prints the seconds that all took, and those that each took, as JSON. Both are called directly: in process,
asynchronously, without a queue, with the durability that they have by default.
"""

# ruff: noqa: PLC0415 - each needs the library of its own peer only

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypedDict

STEPS = 3
POOL = 20


async def timed(act: Callable[[int], Awaitable[Any]], runs: int, clients: int) -> dict[str, Any]:
    """Do it so often, so many at once."""
    numbers = iter(range(runs))
    taken: list[float] = []

    async def client() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await act(number)
            taken.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return {"seconds": time.perf_counter() - begun, "taken": taken}


async def dbos(url: str, runs: int, clients: int) -> dict[str, Any]:
    """A workflow of three steps that do nothing but add, called and awaited."""
    from dbos import DBOS

    address = url.replace("postgresql://", "postgresql+psycopg://")
    DBOS(config={"name": "bench", "system_database_url": address, "sys_db_pool_size": POOL, "log_level": "ERROR"})

    @DBOS.step()
    async def add(number: int) -> int:
        return number + 1

    @DBOS.workflow()
    async def three(number: int) -> int:
        for _ in range(STEPS):
            number = await add(number)
        return number

    DBOS.launch()
    try:
        await timed(three, clients, clients)  # warm
        return await timed(three, runs, clients)
    finally:
        DBOS.destroy()


class State(TypedDict, total=False):
    """What LangGraph's graph passes on."""

    number: int
    answer: int


async def langgraph(url: str, runs: int, clients: int) -> dict[str, Any]:
    """A node, an interrupt that somebody answers at once, and a node, with the PostgreSQL checkpointer."""
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.graph import END, START, StateGraph
    from langgraph.types import Command, interrupt
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool

    async def add(state: State) -> State:
        return {"number": state["number"] + 1}

    async def ask(state: State) -> State:
        return {"answer": interrupt({"number": state["number"]})}

    settings = {"autocommit": True, "row_factory": dict_row}
    async with AsyncConnectionPool(url, min_size=POOL, max_size=POOL, kwargs=settings) as pool:
        saver = AsyncPostgresSaver(pool)
        await saver.setup()
        builder = StateGraph(State)
        builder.add_node("first", add)
        builder.add_node("ask", ask)
        builder.add_node("last", add)
        for one, other in ((START, "first"), ("first", "ask"), ("ask", "last"), ("last", END)):
            builder.add_edge(one, other)
        graph = builder.compile(checkpointer=saver)

        def case(prefix: str) -> Callable[[int], Awaitable[None]]:
            async def act(number: int) -> None:
                thread = {"configurable": {"thread_id": f"{prefix}{number}"}}
                await graph.ainvoke({"number": number}, thread)
                await graph.ainvoke(Command(resume=number), thread)

            return act

        await timed(case("warm"), clients, clients)
        return await timed(case("run"), runs, clients)


def main() -> None:
    name, url, runs, clients = sys.argv[1:]
    measure = {"dbos": dbos, "langgraph": langgraph}[name]
    print(json.dumps(asyncio.run(measure(url, int(runs), int(clients)))))


if __name__ == "__main__":
    main()
