"""Logs in CSV."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.eventlog import Case, Event, LogProblem, read_csv, shelf
from casework.eventlog.columns import COLUMNS_MAX, NAMES
from casework.eventlog.table import FIELD_CHARACTERS_MAX, ROW_BYTES_MAX

TEN = datetime(2024, 1, 1, 10, tzinfo=UTC)


def cases_of(text: str | bytes, mapping=None) -> list[Case]:
    return list(read_csv(io.BytesIO(text if isinstance(text, bytes) else text.encode()), mapping))


def problem_of(text: str | bytes, mapping=None) -> LogProblem:
    with pytest.raises(LogProblem) as caught:
        next(read_csv(io.BytesIO(text if isinstance(text, bytes) else text.encode()), mapping))
    return caught.value


def test_a_row_is_an_event_with_its_fields_its_line_and_other_columns_as_attributes():
    text = "case_id,task,time,resource,group,lifecycle,cost,note\n1,Review,2024-01-01T10:00:00Z,Ann,Desk,START,5,\n"
    event = Event(
        task="Review", at=TEN, resource="Ann", group="Desk", lifecycle="start", attributes={"cost": "5"}, line=2
    )
    assert cases_of(text) == [Case(id="1", events=(event,))]


@pytest.mark.parametrize(
    "header", ["case:concept:name,concept:name,time:timestamp,org:resource,org:group,lifecycle:transition"]
)
def test_columns_named_as_in_xes_are_known(header):
    (case,) = cases_of(header + ",case:channel,cost\n1,A,2024-01-01 10:00,Ann,Desk,Start,web,5\n")
    assert (case.id, case.attributes) == ("1", {"channel": "web"})
    assert case.events[0] == Event(
        task="A", at=TEN, resource="Ann", group="Desk", lifecycle="start", attributes={"cost": "5"}, line=2
    )


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in NAMES.items() for name in names])
def test_every_usual_name_is_found_however_it_is_spelled(field, name):
    plain = {"case": "case id", "task": "activity", "time": "timestamp"}
    values = {"case": "1", "task": "A", "time": "2024-01-01T10:00:00Z"} | {field: "2024-01-01T10:00:00Z"}
    for spelled in (name, name.upper(), name.replace(" ", "_"), f" {name.title()} "):
        header = [spelled if each == field else plain[each] for each in values]
        (case,) = cases_of(",".join(header) + "\n" + ",".join(values.values()) + "\n")
        assert (case.events[0].attributes, case.attributes) == ({}, {})


def test_the_surest_name_wins_and_the_other_column_is_an_attribute():
    (case,) = cases_of("case_id,activity,concept:name,timestamp\n1,general,exact,2024-01-01\n")
    assert (case.events[0].task, case.events[0].attributes) == ("exact", {"activity": "general"})


def test_a_mapping_names_the_columns_and_goes_before_the_usual_names():
    text = "who,what,when,of,activity\nAnn,A,2024-01-01T10:00:00Z,1,other\n"
    (case,) = cases_of(text, {"what": "task", "when": "time", "of": "case", "who": "resource"})
    assert case.events == (Event(task="A", at=TEN, resource="Ann", attributes={"activity": "other"}, line=2),)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_comma_semicolon_and_tab_are_told_from_the_header(delimiter):
    rows = [["case_id", "activity", "timestamp", "a,b;c d"], ["1", "A", "2024-01-01", "x"]]
    text = "\n".join(delimiter.join(f'"{value}"' for value in row) for row in rows)
    assert cases_of(text)[0].events[0].attributes == {"a,b;c d": "x"}


def test_rows_of_a_case_may_be_scattered_and_cases_come_as_they_first_appear():
    rows = ["b,1,2024-01-03", "a,2,2024-01-02", "b,3,2024-01-01", "c,4,2024-01-01", "a,5,2024-01-02", "b,6,2024-01-01"]
    found = [
        (case.id, [event.task for event in case.events]) for case in cases_of("case,task,time\n" + "\n".join(rows))
    ]
    assert found == [("b", ["3", "6", "1"]), ("a", ["2", "5"]), ("c", ["4"])]


def test_events_a_millisecond_apart_are_told_apart():
    rows = ["1,b,2024-01-01T00:00:00.002", "1,a,2024-01-01T00:00:00.001"]
    assert [event.task for event in cases_of("case,task,time\n" + "\n".join(rows))[0].events] == ["a", "b"]


def test_quotes_hold_delimiters_line_ends_and_quotes():
    text = 'case,task,time,note\n1,"a, ""b""",2024-01-01,"two\nlines"\n1,c,2024-01-02,\n'
    first, second = cases_of(text)[0].events
    assert (first.task, first.attributes, first.line) == ('a, "b"', {"note": "two\nlines"}, 2)
    assert (second.line, second.attributes) == (4, {})


def test_byte_order_mark_windows_line_ends_and_blank_rows_are_no_obstacle():
    text = b"\xef\xbb\xbf\r\ncase,task,time\r\n\r\n1,A,2024-01-01\r\n,,\r\n  \r\n1,B,2024-01-02"
    assert [(event.task, event.line) for event in cases_of(text)[0].events] == [("A", 4), ("B", 7)]


def test_a_column_without_a_name_is_left_out():
    assert cases_of("case,task,time,\n1,A,2024-01-01,x\n")[0].events[0].attributes == {}


HEAD = "case,task,time,note\n1,A,2024-01-01,\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (HEAD + "1,,2024-01-01,\n", 3, "no task"),
        (HEAD + " ,A,2024-01-01,\n", 3, "no case"),
        (HEAD + "1,A,,\n", 3, "no time"),
        (HEAD + "1,A,01.02.2024,\n", 3, "2024-03-31T09:30:00Z"),
        (HEAD + "1,A,9999-12-31,\n", 3, "absurd"),
        (HEAD + "1,A,2024-01-01\n", 3, "3 values and the header 4 columns"),
        (HEAD + "1,A,2024-01-01,a,b\n", 3, "5 values and the header 4 columns"),
        (HEAD + '1,"A"x,2024-01-01,\n', 3, "quotes"),
        (HEAD + '1,"A,2024-01-01,\n1,B,2024-01-01,\n', 3, "quotes"),
        (HEAD + "1,A\0,2024-01-01,\n", 3, "zero byte"),
        (HEAD + '1,A,2024-01-01,"\n\n' + "1,B,never,\n", 3, "quotes"),
        (HEAD + '1,A,2024-01-01,"\n\n"\n' + "1,B,never,\n", 6, "not in ISO 8601"),
        (HEAD + f"1,A,2024-01-01,{'x' * (FIELD_CHARACTERS_MAX + 1)}\n", 3, "65,536 characters"),
        (HEAD + f"1,A,2024-01-01,{'x' * 140_000}\n", 3, "shorten"),
        (HEAD + f"1,A,2024-01-01,{'x' * ROW_BYTES_MAX}\n", 3, "1,048,576 bytes"),
        (HEAD + '1,A,2024-01-01,"' + "x\n" * ROW_BYTES_MAX, None, ""),
        ("case,task,time\n", 1, "no event"),
        ("case,task,time\n\n\n", 3, "no event"),
        ("", 1, "empty"),
        ("\n\n", 1, "empty"),
        ("case,task\n1,A\n", 1, "'case', 'task' to it, as COLUMN=time"),
        ("task,time\nA,2024-01-01\n", 1, "COLUMN=case"),
        ("hello\n", 1, "COLUMN=case"),
        ("case,task,time,note,note\n", 1, "Two columns are called 'note'"),
        (",".join(["case", "task", "time", *(f"c{n}" for n in range(COLUMNS_MAX))]), 1, "1,000 columns"),
    ],
)
def test_a_broken_table_is_refused_with_its_line_and_what_to_do(text, line, says):
    problem = problem_of(text)
    assert (problem.line, says in problem.message) == (line or problem.line, True), str(problem)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"case": "who"}, "There is no field 'who'"),
        ({"absent": "case"}, "There is no column 'absent'"),
        ({"case": "task", "note": "task"}, "More than one column is mapped to 'task'"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping, says):
    assert says in problem_of(HEAD, mapping).message


def test_bytes_that_are_not_utf8_are_refused_at_their_line():
    problem = problem_of((HEAD + "1,Prüfung,2024-01-01,\n").encode("latin-1"))
    assert (problem.line, "convert the file to UTF-8" in problem.message) == (3, True)


def test_a_broken_last_row_is_found_before_any_case_is_given():
    rows = "".join(f"{n},A,2024-01-01\n" for n in range(5_000))
    assert problem_of("case,task,time\n" + rows + "1,A,never\n").line == 5_002


def test_a_case_has_at_most_so_many_events(monkeypatch):
    monkeypatch.setattr("casework.eventlog.shelf.EVENTS_IN_CASE_MAX", 3)
    assert len(cases_of("case,task,time\n" + "1,A,2024-01-01\n" * 3)[0].events) == 3
    problem = problem_of("case,task,time\n" + "1,A,2024-01-01\n" * 4)
    assert (problem.line, "more than 3 events" in problem.message) == (5, True)


def test_a_disk_without_room_is_told_as_such(monkeypatch):
    monkeypatch.setattr("casework.eventlog.shelf._SCHEMA", shelf._SCHEMA + "pragma max_page_count = 20;")
    problem = problem_of("case,task,time\n" + "1,A,2024-01-01\n" * 5_000)
    assert "disk is full" in problem.message
    assert "make room" in problem.message


rows_of_text = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
    ),
    min_size=1,
    max_size=30,
)


@given(rows_of_text, st.sampled_from(",;\t"))
def test_every_row_is_found_again_in_its_case(rows, delimiter):
    quoted = [(case, '"' + task.replace('"', '""') + '"', "2024-01-01") for case, task in rows]
    lines = [delimiter.join(values) for values in [("case", "task", "time"), *quoted]]
    found = {case.id: [event.task for event in case.events] for case in cases_of("\n".join(lines))}
    assert found == {case: [task for each, task in rows if each == case] for case, _ in rows}


@given(st.binary(max_size=300))
def test_no_bytes_whatever_do_worse_than_a_problem(junk):
    try:
        assert all(isinstance(case, Case) for case in cases_of(HEAD.encode() + junk))
    except LogProblem as problem:
        assert problem.line is not None  # noqa: PT017 - sound or refused, but nothing else
