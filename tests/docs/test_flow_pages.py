"""The pages about people, waits, sub-runs and undoing: every definition in them is parsed and does what it says."""

import re
from pathlib import Path

import pytest
import yaml

from casework.core.command import CancelRun, Save
from casework.core.errors import Invalid
from casework.core.parse import parse
from casework.core.people import ineligible
from tests.core.cases import LEAD, Case, Start, new_run, person
from tests.core.flows import ended, look, take

PAGES = Path(__file__).parents[2] / "docs"


def blocks(page):
    return re.findall(r"```yaml\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)


def started(text, **fields):
    """A case of a workflow of the tasks in a block, with a last task."""
    tasks = yaml.safe_load(text)
    whole = {"casework": 1, "key": "page"} | (tasks if isinstance(tasks, dict) else {"tasks": tasks})
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


def test_the_page_of_what_people_do():
    (block,) = blocks("kinds/human.md")
    case = started(block)
    case.take("request", 1, "buyer")
    with pytest.raises(Invalid) as refused:
        case.finish("request", {"what": "A", "cost": 0})
    assert sorted(problem.path for problem in refused.value.problems) == ["/data/cost", "/data/what"]
    case.do(Save(step=case.step("request").number, data={"what": "A"}), LEAD)
    case.finish("request", {"what": "A desk", "cost": 300})
    waiting = case.step("approve")
    assert ineligible(waiting, person(1, "buyer")) is not None
    assert ineligible(waiting, person(2, "clerk")) is not None
    assert ineligible(waiting, person(2, "buyer")) is None
    case.take("approve", 2, "buyer")
    case.finish("approve", {"approved": True})
    assert case.run.output == {"approved": True}
    case = started(block)
    case.take("request", 1, "buyer")
    case.finish("request", {"what": "A pen", "cost": 100})
    assert (case.run.state, case.run.output) == ("completed", {"what": "A pen", "cost": 100})


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
