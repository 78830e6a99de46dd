"""Pure functions are called where a run is decided; whatever goes wrong there is left to workers."""

import threading

import pytest
from msgspec import UNSET

import casework
from casework.functions import Registry
from casework.kinds.function.calculator import (
    CALL_SECONDS,
    COMMIT_SECONDS,
    OUTPUT_MAX,
    PROVEN_AFTER,
    REST_SECONDS,
    REST_SECONDS_MAX,
    Calculators,
)


def calculators(*functions, **clock):
    registry = Registry()
    for function in functions:
        registry.add(function, pure=True)
    return Calculators(registry, **clock)


def call(function, **arguments):
    return calculators(function)()({"function": function.__name__, "arguments": arguments})


def test_what_it_gives_is_what_its_hints_say():
    def net(gross: float, rate: float = 0.2) -> dict[str, float]:
        return {"net": gross / (1 + rate)}

    assert call(net, gross=12) == {"net": 10.0}


def test_what_is_not_registered_as_pure_is_left_to_workers():
    registry = Registry()
    registry.add(lambda n: n, "same")
    assert Calculators(registry)() is None
    registry.add(lambda n: n, "pure", pure=True)
    calculate = Calculators(registry)()
    assert [calculate({"function": name, "arguments": {"n": 1}}) for name in ("same", "pure")] == [UNSET, 1]


def test_what_fails_is_left_to_workers():
    def refuses(n: int) -> int:
        raise casework.Refuse("small", "Too small.")

    def ends() -> int:
        raise SystemExit

    def gives_much() -> str:
        return "x" * OUTPUT_MAX

    def gives_nul() -> str:
        return "a\0b"

    def gives_another() -> int:
        return "x"

    assert call(refuses, n=1) is UNSET
    assert call(refuses, n="x") is UNSET
    assert [call(one) for one in (ends, gives_much, gives_nul, gives_another)] == [UNSET] * 4


class Now:
    """The seconds that a test says."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def quick() -> int:
    return 2


def test_a_call_that_takes_too_long_holds_nobody_up_and_workers_have_the_function_for_a_while():
    free, calls, now = threading.Event(), [], Now()

    def hangs() -> int:
        calls.append(1)
        free.wait()
        return 1

    calculate = calculators(hangs, quick, seconds=now)
    try:
        assert calculate()({"function": "hangs"}) is UNSET
        now.seconds += CALL_SECONDS + REST_SECONDS - 0.01
        assert calculate()({"function": "hangs"}) is UNSET
        assert calls == [1]
        assert calculate()({"function": "quick"}) == 2
    finally:
        free.set()
    now.seconds += 0.02
    assert calculate()({"function": "hangs"}) == 1


def test_a_function_that_was_always_in_time_is_called_in_place_until_it_is_not():
    now, threads, takes = Now(), [], [0.0]

    def works() -> int:
        threads.append(threading.current_thread())
        now.seconds += takes[0]
        return 1

    calculate = calculators(works, seconds=now)

    def called() -> "tuple[int, bool]":
        return calculate()({"function": "works"}), threads[-1] is threading.current_thread()

    assert [called() for _ in range(PROVEN_AFTER)] == [(1, False)] * PROVEN_AFTER
    assert called() == (1, True)
    takes[0] = CALL_SECONDS
    rests = []
    for _ in range(2):
        assert calculate()({"function": "works"}) == 1  # late, but it is there
        began = now.seconds
        while calculate()({"function": "works"}) is UNSET:
            now.seconds += REST_SECONDS / 4
        rests.append(now.seconds - began)
        assert threads[-1] is not threading.current_thread()
        now.seconds += REST_SECONDS_MAX
    assert rests[0] >= REST_SECONDS
    assert rests[1] > rests[0]


def test_all_calls_of_one_commit_have_a_time():
    now = Now()
    calculate = calculators(quick, seconds=now)
    commit = calculate()
    assert commit({"function": "quick"}) == 2
    now.seconds += COMMIT_SECONDS
    assert commit({"function": "quick"}) is UNSET
    assert calculate()({"function": "quick"}) == 2


def test_what_waits_or_knows_its_call_is_not_pure():
    async def waits() -> int:
        return 1

    def knows(context: casework.Context) -> int:
        return context.attempt

    with pytest.raises(TypeError, match="waits is async"):
        Registry().add(waits, pure=True)
    with pytest.raises(TypeError, match="knows takes a Context"):
        calculators(knows)


def test_a_function_is_registered_as_pure_by_its_decorator():
    @casework.function(name="tests:pure", pure=True)
    def one() -> int:
        return 1

    assert one() == 1
    assert "tests:pure" in casework.functions.registry.pure
