"""An import that is killed goes on where it was; two of them at once do not."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL
from contextlib import aclosing

import pytest

from casework.core.errors import Conflict, NotFound
from casework.operations import history
from casework.operations.batches import CASES_MAX
from tests.cli.command import COMMAND, environment
from tests.documents import document, published
from tests.history.logs import completions

CASES = 4 * CASES_MAX + 100
PROGRESS = "select cases_done, completed_at is not null as is_complete from imports"
COUNTS = """
    select (select count(*) from runs) as runs, (select count(distinct external_id) from runs) as ids,
           (select count(*) from steps) as steps, (select count(*) from events where type = 'run.imported') as events
"""


def counts(cases):
    return {"runs": cases, "ids": cases, "steps": 3 * cases, "events": cases}


async def killed_midway(command, rows):
    """Kill an import -9 once its first batch is committed, wherever it is by then."""
    process = await asyncio.create_subprocess_exec(*command, env=environment(), stdout=DEVNULL, stderr=DEVNULL)
    while not (found := await rows(PROGRESS)) or not found[0]["cases_done"]:
        assert process.returncode is None
        await asyncio.sleep(0)
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.slow
async def test_an_import_that_was_killed_goes_on_where_it_was(write, bring_in, rows, place, database_url, complaints):
    path = write(completions(CASES))
    arguments = ["import", str(path), "--workspace", str(place.uuid), "--database-url", database_url]
    await killed_midway([*COMMAND, *arguments], rows)
    (there,) = await rows(PROGRESS)
    assert 0 < there["cases_done"] < CASES
    assert await rows(COUNTS) == [counts(there["cases_done"])]

    done = await bring_in(path)
    assert (done.runs, done.is_complete) == (CASES - there["cases_done"], True)
    assert await rows(COUNTS) == [counts(CASES)]
    assert await rows(PROGRESS) == [{"cases_done": CASES, "is_complete": True}]
    assert await complaints() == {}
    assert (await bring_in(path)).runs == 0
    assert await rows(COUNTS) == [counts(CASES)]


async def test_repeated_ids_are_numbered_the_same_after_an_interruption(write, services, place, rows):
    log = completions(CASES_MAX + 5).replace(b'"case 7"', b'"case 3"').replace(b'"case 503"', b'"case 3"')
    read = history.examine(write(log))
    async with aclosing(history.bring_in(services, place.id, read)) as steps:
        async for progress in steps:
            if progress.cases_done:
                break
    async with aclosing(history.bring_in(services, place.id, read)) as steps:
        *_, last = [progress async for progress in steps]
    assert last.runs == 5
    found = await rows("select external_id from runs where title = 'case 3' order by id")
    assert [run["external_id"] for run in found] == ["case 3", "case 3 (2)", "case 3 (3)"]


async def test_of_two_imports_at_once_one_is_refused(write, services, place, rows):
    read = history.examine(write(completions(3)))
    async with aclosing(history.bring_in(services, place.id, read)) as first:
        await anext(first)
        with pytest.raises(Conflict, match="at work"):
            await anext(history.bring_in(services, place.id, read))
        await asyncio.wait_for(_finish(first), 60)
    assert await rows(COUNTS) == [counts(3)]
    async with aclosing(history.bring_in(services, place.id, read)) as again:
        *_, last = [progress async for progress in again]
    assert last.runs == 0


async def _finish(steps):
    async for _ in steps:
        pass


async def test_the_same_file_under_another_key_is_another_history(write, bring_in, rows):
    path = write(completions(3))
    await bring_in(path, key="first")
    await bring_in(path, key="second")
    assert [run["count"] for run in await rows("select count(*) from runs group by workflow_id")] == [3, 3]


async def test_a_longer_log_of_the_same_workflow_with_other_cases_is_added_to_it(write, bring_in, rows, complaints):
    await bring_in(write(completions(3), "january.xes"), key="desk")
    later = completions(2, tasks=["Ask", "Decide"]).replace(b'"case ', b'"new case ')
    done = await bring_in(write(later, "february.xes"), key="desk")
    assert (done.runs, done.version_number) == (2, 2)
    assert await rows("select version_number as version, count(*) from runs group by 1 order by 1") == [
        {"version": 1, "count": 3},
        {"version": 2, "count": 2},
    ]
    assert await complaints() == {}


async def test_a_case_that_is_there_already_refuses_the_whole_file(write, bring_in, rows):
    await bring_in(write(completions(3), "january.xes"), key="desk")
    with pytest.raises(Conflict, match="case 0"):
        await bring_in(write(completions(4), "february.xes"), key="desk")
    assert await rows(COUNTS) == [counts(3)]


async def test_the_key_of_a_workflow_in_use_is_refused(write, bring_in, rows, client, place):
    await published(client, place, document("desk"))
    with pytest.raises(Conflict, match="--key"):
        await bring_in(write(completions(3)), key="desk")
    assert await rows("select version_number from workflows") == [{"version_number": 1}]


async def test_a_workspace_is_found_by_name_or_uuid(services, place):
    for name in ("Support", str(place.uuid), str(place.uuid).upper()):
        assert (await history.find_workspace(services, name)).id == place.id
    with pytest.raises(NotFound):
        await history.find_workspace(services, "Elsewhere")
