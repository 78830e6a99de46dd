"""The three clocks of a step, from its instants."""

from datetime import UTC, datetime, timedelta

from casework.core.clocks import live_ms, pipeline_ms, working_ms

REACHED = datetime(2026, 3, 2, 9, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return REACHED + timedelta(minutes=minutes)


def test_the_working_clock_runs_only_while_somebody_has_hands_on_it():
    assert working_ms(90_000, None, after(30)) == 90_000
    assert working_ms(90_000, after(20), after(30)) == 690_000


def test_the_live_clock_runs_from_the_first_start_to_the_end_and_through_pauses():
    assert live_ms(None, None, after(30)) == 0
    assert live_ms(after(10), None, after(30)) == 1_200_000
    assert live_ms(after(10), after(25), after(30)) == 900_000


def test_the_pipeline_clock_runs_from_the_moment_that_the_step_was_reached():
    assert pipeline_ms(REACHED, None, after(30)) == 1_800_000
    assert pipeline_ms(REACHED, after(25), after(30)) == 1_500_000


def test_no_clock_runs_backwards():
    assert working_ms(0, after(1), REACHED) == live_ms(after(1), None, REACHED) == pipeline_ms(after(1), None, REACHED)
    assert pipeline_ms(after(1), None, REACHED) == 0
