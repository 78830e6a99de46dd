"""An edit tried on past runs: who would have gone elsewhere and why, and what fails on real data."""

import pytest

from tests.api.moving import asker, complete, rows
from tests.documents import document, published, task

FIRST = document("claims", [task("review", next=[{"to": "pay"}]), task("pay")])


def edit(when):
    return document(
        "claims", [task("review", next=[{"to": "check", "when": when}, {"to": "pay"}]), task("check"), task("pay")]
    )


@pytest.fixture
def ask(client, place):
    """What somebody is answered; by default the Manager."""
    return asker(client, place)


@pytest.fixture
async def claims(client, place, ask, clock):
    """The workflow with four runs, of which three were reviewed."""
    workflow = await published(client, place, FIRST)
    runs = []
    for number in range(4):
        clock.advance(minutes=1)
        body = {"workflowId": workflow["id"], "title": "Claim", "input": {"amount": number * 100} if number < 3 else {}}
        run = await ask("POST", "/assignments", body, status=201)
        if number:
            await complete(place, run)
        runs.append(run["id"])
    return workflow["id"], runs


async def test_it_says_who_would_have_gone_elsewhere_and_which_condition_fails(ask, place, claims):
    workflow_id, runs = claims
    before = await rows(place, "select id, revision from runs order by id")
    found = await ask("POST", f"/workflows/{workflow_id}/simulate", edit("input.amount > 100"))
    assert (found["lookedAt"], found["steps"], found["changed"], found["failed"]) == (4, 3, 2, 1)
    differences = {tuple(one["would"]): one for one in found["differences"]}
    assert differences["check",] == {
        "task": "review",
        "was": ["pay"],
        "wasBecause": "always",
        "would": ["check"],
        "wouldBecause": "input.amount > 100",
        "runs": 1,
        "samples": [{"assignmentId": runs[2], "step": 1}],
    }
    (failing,) = found["failing"]
    assert (failing["task"], failing["runs"], failing["samples"]) == (
        "review",
        1,
        [{"assignmentId": runs[3], "step": 1}],
    )
    assert "`input.amount > 100` could not be decided" in failing["message"]
    assert await rows(place, "select id, revision from runs order by id") == before


async def test_the_last_runs_are_looked_at_and_a_published_version_may_stand_for_the_body(ask, claims):
    workflow_id, runs = claims
    found = await ask("POST", f"/workflows/{workflow_id}/simulate?runs=2", document("claims", [task("pay")]))
    assert (found["lookedAt"], found["changed"]) == (2, 2)
    (gone,) = found["differences"]
    assert (gone["would"], [one["assignmentId"] for one in gone["samples"]]) == (None, [runs[3], runs[2]])
    same = await ask("POST", f"/workflows/{workflow_id}/simulate?version=1")
    assert (same["lookedAt"], same["changed"], same["failed"]) == (4, 0, 0)


@pytest.mark.parametrize(
    ("query", "body", "where"),
    [
        ("?version=9", {}, "no version 9"),
        ("?runs=1001", FIRST, "runs"),
        ("", document("claims", [task("review", next=[{"to": "nowhere"}])]), "nowhere"),
        ("", edit("input.amount >"), "Syntax error"),
    ],
)
async def test_what_is_wrong_with_an_edit_is_told(ask, claims, query, body, where):
    workflow_id, _ = claims
    assert where in str(await ask("POST", f"/workflows/{workflow_id}/simulate{query}", body, status=400))


async def test_only_who_may_publish_tries_edits(ask, place, claims):
    workflow_id, _ = claims
    nobody = await place.member()
    await ask("POST", f"/workflows/{workflow_id}/simulate", FIRST, who=nobody, status=403)
