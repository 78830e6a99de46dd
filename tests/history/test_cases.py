"""Cases whose ids are repeated, long or old, and cases without events."""

from tests.history.logs import xes

AT = "2024-02-04T09:00:00Z"


def case(case_id, *, at=AT, task="Ask"):
    return case_id, [(task, at, "Ada", "complete")]


async def ids(rows):
    return [run["external_id"] for run in await rows("select external_id from runs order by id")]


async def test_repeated_ids_are_numbered(write, bring_in, rows, complaints):
    await bring_in(write(xes([case("A"), case("B"), case("A"), case("A (2)"), case("A")])))
    assert await ids(rows) == ["A", "B", "A (2)", "A (2) (2)", "A (3)"]
    titles = [run["title"] for run in await rows("select title from runs order by id")]
    assert titles == ["A", "B", "A", "A (2)", "A"]
    assert await complaints() == {}


async def test_ids_that_are_too_long_are_cut_and_told_apart(write, bring_in, rows):
    await bring_in(write(xes([case("x" * 600), case("x" * 601)])))
    first, second = await ids(rows)
    assert (len(first), len(second)) == (200, 200)
    assert first != second
    assert {len(run["title"]) for run in await rows("select title from runs")} == {500}


async def test_cases_before_the_epoch_keep_their_times(write, bring_in, rows, complaints):
    await bring_in(write(xes([case("old", at="1931-05-01T00:00:00Z"), case("new")])))
    assert [run["created_at"].year for run in await rows("select created_at from runs order by id")] == [1931, 2024]
    assert await complaints() == {}


async def test_cases_without_events_are_passed_over(write, bring_in, rows):
    done = await bring_in(write(xes([("empty", []), case("full"), ("empty too", [])])))
    assert (done.runs, done.cases_done, done.is_complete) == (1, 3, True)
    assert await ids(rows) == ["full"]


async def test_what_the_log_says_of_cases_and_events_is_kept(write, bring_in, rows):
    table = b"case,task,time,resource,case:channel,amount\n1,Ask,2024-02-04T09:00:00Z,Ada,phone,12\n"
    await bring_in(write(table, "calls.csv"))
    (run,) = await rows(
        "select r.input, r.output, s.data, s.output as told from runs r join steps s on s.run_id = r.id"
    )
    assert run == {
        "input": {"channel": "phone"},
        "output": {"amount": "12"},
        "data": {"amount": "12"},
        "told": {"amount": "12"},
    }


async def test_columns_can_be_mapped(write, bring_in, rows):
    table = "Vorgang;Schritt;Wann;Wer\n7;Prüfen;2024-02-04T09:00:00Z;Jürgen\n".encode()
    mapping = {"Vorgang": "case", "Schritt": "task", "Wann": "time", "Wer": "resource"}
    await bring_in(write(table, "vorgaenge.csv"), mapping=mapping)
    (step,) = await rows(
        "select s.name, s.task_key, m.external_id, m.name as person from steps s join members m on m.id = s.member_id"
    )
    assert step == {"name": "Prüfen", "task_key": "prufen", "external_id": "Jürgen", "person": "Jürgen"}
