"""The pages about waits, sub-runs and undoing: every definition in them is parsed, and does what the page says."""

import re
from pathlib import Path

import pytest
import yaml

from casework.core.command import CancelRun
from casework.core.parse import parse
from tests.core.cases import LEAD, Case, Start, new_run
from tests.core.flows import ended, look, take

PAGES = Path(__file__).parents[2] / "docs"


def blocks(page):
    return re.findall(r"```yaml\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)


def started(text, **fields):
    """A case of a workflow of the tasks in a block, with a last task."""
    tasks = yaml.safe_load(text)
    whole = tasks if isinstance(tasks, dict) else {"casework": 1, "key": "page", "tasks": tasks}
    case = Case(new_run(parse(whole, media="value"), **fields))
    case.do(Start(), LEAD)
    return case


def test_the_page_of_waits():
    length, instant, event = blocks("kinds/wait.md")
    case = started(length)
    case.now = case.step("cool_off").try_resolve_at
    assert look(case, "cool_off")[-1] == "run.completed"
    case = started(instant, input={"opens_at": "2026-03-03T08:00:00+01:00"})
    assert case.step("opening").try_resolve_at.isoformat() == "2026-03-03T07:00:00+00:00"
    case = started(event, input={"order": 4711})
    take(case, "payment", {"amount": 12}, correlation="4711")
    assert case.run.output == {"amount": 12}
    case = started(event, input={"order": 4711})
    case.now = case.step("payment").try_resolve_at
    look(case, "payment")
    assert case.live() == ["remind"]


def test_the_page_of_sub_runs():
    (block,) = blocks("kinds/subworkflow.md")
    case = started(block, input={"order": "A-1"})
    assert case.step("billing").data["input"] == {"order": "A-1", "amount": 12}
    ended(case, "billing", output={"paid": True})
    assert case.run.output == {"paid": True}


@pytest.mark.parametrize("paid", [3, 4])
def test_the_page_of_undoing(paid):
    (block,) = blocks("undoing.md")
    case = started(block)
    case.finish("book")
    case.finish("pay", {"amount": paid})
    case.do(CancelRun(reason="Ill."))
    assert case.step("pay_back", live=False).output == {"amount": paid}
    assert case.live() == ["cancel_booking"]
    case.finish("cancel_booking")
    assert (case.run.state, case.run.cancel_reason) == ("cancelled", "Ill.")
