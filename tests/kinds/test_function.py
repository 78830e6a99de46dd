"""A function's type hints are its schema; what it raises says what follows; who is in a thread holds nobody up."""

import asyncio
import threading
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

import casework
from casework.core.errors import Invalid
from casework.core.work import Done, Failed
from casework.functions import Registry
from casework.kinds.function.discovery import discover
from casework.kinds.function.performer import FunctionPerformer
from casework.kinds.function.signature import Signature
from tests.kinds.conftest import Told, work


@dataclass
class Line:
    text: str
    count: int = 1


class Total(BaseModel):
    lines: int
    on: date


def registered(*functions, **named):
    registry = Registry()
    for function in functions:
        registry.add(function)
    for name, function in named.items():
        registry.add(function, name)
    return registry


async def call(function, *, told=None, threads=4, **arguments):
    performer = FunctionPerformer(registered(function), threads=threads)
    given = work({"function": function.__name__, "arguments": arguments})
    return await performer.perform(given, told or Told())


async def test_arguments_become_what_the_hints_say_and_the_result_becomes_json():
    def total(lines: list[Line], on: date, kind: Literal["a", "b"] = "a") -> Total:
        assert all(isinstance(line, Line) for line in lines)
        assert isinstance(on, date)
        return Total(lines=sum(line.count for line in lines), on=on)

    result = await call(total, lines=[{"text": "x"}, {"text": "y", "count": 2}], on="2026-02-28")
    assert result == Done(output={"lines": 3, "on": "2026-02-28"})


async def test_arguments_that_do_not_fit_fail_for_good_with_every_problem():
    def total(lines: list[Line], share: Annotated[float, Field(le=1)]) -> None:
        raise AssertionError

    result = await call(total, lines=[{"count": "many"}], share=2, more=1)
    assert (result.code, result.is_final) == ("arguments", True)
    for told in ("lines.0.text", "lines.0.count", "share", "more"):
        assert told in result.message
    assert "many" not in result.message


async def test_hints_are_a_schema_of_what_goes_in_and_comes_out():
    def total(schema: int, /, _x: str, *, json: bool = False) -> list[Line]:
        """Count things.

        And more.
        """

    signature = Signature("total", total)
    assert signature.description == "Count things."
    assert signature.input["required"] == ["schema", "_x"]
    assert signature.input["properties"]["json"] == {"default": False, "title": "Json", "type": "boolean"}
    assert signature.input["additionalProperties"] is False
    assert signature.output["type"] == "array"
    assert signature.arguments({"schema": 1, "_x": "a"}) == ([1], {"_x": "a", "json": False})


async def test_a_function_without_hints_takes_and_gives_any_json():
    async def echo(value):
        return {"value": value}

    assert await call(echo, value=[1, None, {"a": "b"}]) == Done(output={"value": [1, None, {"a": "b"}]})


async def test_what_is_no_json_or_not_what_the_hint_says_fails_for_good():
    def wrong() -> int:
        return "many"

    def strange():
        return object()

    for function in (wrong, strange):
        result = await call(function)
        assert (result.code, result.is_final) == ("output", True)


async def test_it_may_ask_to_be_called_again_or_refuse():
    def again():
        raise casework.Retry("The ledger is closed.", after=30)

    def refuse():
        raise casework.Refuse("no_account", "There is no such account.")

    assert await call(again) == Failed(code="retry", message="The ledger is closed.", retry_after=30)
    assert await call(refuse) == Failed(code="no_account", message="There is no such account.", is_final=True)


async def test_what_else_it_raises_is_the_workers_affair():
    def stop():
        return next(iter(()))

    async def divide():
        return 1 / 0

    with pytest.raises(RuntimeError, match="StopIteration"):
        await call(stop)
    with pytest.raises(ZeroDivisionError):
        await call(divide)


async def test_an_unknown_name_is_told_with_those_near_it():
    performer = FunctionPerformer(registered(score_lead=print_nothing, other=print_nothing), threads=1)
    result = await performer.perform(work({"function": "score_leed", "arguments": {}}), Told())
    assert (result.code, result.is_final) == ("unknown_function", True)
    assert result.message.endswith("near: score_lead.")


def print_nothing() -> None: ...


async def test_a_context_knows_the_step_and_tells_progress_from_any_thread(told):
    async def of_the_loop(context: casework.Context, n: int) -> list[object]:
        context.progress(done=n)
        return [context.run_id, str(context.step_uuid), context.key, context.attempt]

    def of_a_thread(context: casework.Context, n: int) -> bool:
        context.progress(done=n)
        return context.is_over

    given = work({"function": "of_the_loop", "arguments": {"n": 1}}, attempt=2)
    result = await FunctionPerformer(registered(of_the_loop), threads=1).perform(given, told)
    assert result.output == [given.run_id, str(given.step_uuid), given.key, 2]
    assert (await call(of_a_thread, told=told, n=2)).output is False
    assert told.details == [{"done": 1}, {"done": 2}]
    assert "context" not in Signature("of_a_thread", of_a_thread).input["properties"]


async def test_of_progress_in_quick_succession_the_last_is_told(told):
    async def hurried(context: casework.Context) -> None:
        for n in range(1_000):
            context.progress(done=n)

    await call(hurried, told=told)
    assert told.details == [{"done": 999}]


async def test_an_attempt_that_was_taken_over_ends_at_its_next_word():
    async def taken(_detail, _memory=None, _calls=()):
        raise asyncio.CancelledError

    async def patient(context: casework.Context) -> None:
        context.progress(done=1)
        await asyncio.Event().wait()

    performing = asyncio.create_task(call(patient, told=taken))
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(performing, 10)


async def test_no_more_threads_run_than_are_allowed_and_one_that_is_left_keeps_its_place():
    running, most, lock = 0, 0, threading.Lock()
    released, both = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def block(context: casework.Context) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == 2:
                loop.call_soon_threadsafe(both.set)
        released.wait(20)
        with lock:
            running -= 1
        return context.is_over

    performer = FunctionPerformer(registered(block), threads=2)
    step = work({"function": "block", "arguments": {}})
    calls = [asyncio.create_task(performer.perform(step, Told())) for _ in range(4)]
    await asyncio.wait_for(both.wait(), 20)
    calls[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await calls[0]
    released.set()
    results = [await one for one in calls[1:]]
    assert [one.output for one in results] == [False] * 3
    assert most == 2


# Registering


def test_a_name_belongs_to_one_function_that_a_definition_can_name():
    registry = registered(print_nothing)
    registry.add(print_nothing)  # a module that is loaded twice says the same
    with pytest.raises(ValueError, match="Two functions are called print_nothing"):
        registry.add(lambda: None, "print_nothing")
    with pytest.raises(ValueError, match="letters, digits"):
        registry.add(print_nothing, "no spaces")
    with pytest.raises(TypeError, match=r"\*args"):
        registry.add(lambda *args: None, "open")


def test_hints_that_cannot_be_understood_are_told_with_the_name():
    def lost(value: "Nowhere") -> None: ...  # noqa: F821

    with pytest.raises(TypeError, match="The type hints of lost cannot be used"):
        Signature("lost", lost)


def test_a_module_that_is_named_registers_what_it_has():
    found = discover(["tests.kinds.registered"])
    assert found["tests:double"](4) == 8
    assert found["add"](1, 2) == 3
    assert discover(["tests.kinds.registered:late"])["tests:late"]() == "late"


@pytest.mark.parametrize("app", ["tests.kinds.nowhere", "tests.kinds.registered:nothing"])
def test_a_module_that_cannot_be_loaded_is_told(app):
    with pytest.raises(Invalid, match=f"The functions of {app} cannot be loaded"):
        discover([app])
