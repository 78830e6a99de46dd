"""Logs in files."""

import gzip
import pickle
import re
from datetime import UTC, datetime
from itertools import islice

import pytest

from casework.eventlog import LogProblem, Summary, check, open_log
from casework.eventlog.stream import RATIO_FREE_BYTES

XES = b"""<?xml version="1.0" encoding="UTF-8"?>
<log><trace><string key="concept:name" value="one"/>
<event><string key="concept:name" value="A"/><string key="org:resource" value="Ann"/>
<date key="time:timestamp" value="2024-01-01T10:00:00Z"/></event>
<event><string key="concept:name" value="B"/><date key="time:timestamp" value="2024-01-02T10:00:00Z"/></event>
</trace></log>
"""
CSV = b"case,task,time,resource\none,A,2024-01-01T10:00:00Z,Ann\none,B,2024-01-02T10:00:00Z,\n"


def problem_of(path, mapping=None) -> LogProblem:
    with pytest.raises(LogProblem) as caught:
        check(path, mapping)
    return caught.value


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "content", [XES, CSV, b"\xef\xbb\xbf" + XES, b"\xef\xbb\xbf" + CSV], ids=["xes", "csv", "xes+", "csv+"]
)
@pytest.mark.parametrize("name", ["log.csv", "log.xes", "log.gz", "log"])
def test_a_file_is_told_by_its_content_and_not_by_its_name(write, content, packed, name):
    with open_log(write(content, name, packed=packed)) as cases:
        found = [(case.id, [(event.task, event.resource) for event in case.events]) for case in cases]
    assert found == [("one", [("A", "Ann"), ("B", None)])]


def test_a_path_may_be_a_string(write):
    with open_log(str(write(XES))) as cases:
        assert len(list(cases)) == 1


def test_a_summary_tells_what_a_log_holds(write):
    assert check(write(XES)) == Summary(
        cases=1,
        events=2,
        tasks=2,
        resources=1,
        first_at=datetime(2024, 1, 1, 10, tzinfo=UTC),
        last_at=datetime(2024, 1, 2, 10, tzinfo=UTC),
    )


def test_a_summary_counts_cases_whose_id_came_before(write):
    trace = re.search(rb"<trace>.*</trace>", XES, re.DOTALL)[0]
    summary = check(write(XES.replace(trace, trace * 3 + b"<trace/>")))
    assert (summary.cases, summary.repeated_ids) == (4, 2)


@pytest.mark.parametrize("packed", [False, True])
def test_progress_rises_to_the_size_of_the_file(write, packed):
    path = write(CSV + b"one,C,2024-01-03,\n" * 50_000, packed=packed)
    told = []
    check(path, progress=lambda read, total: told.append((read, total)))
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert packed or len(told) > 5


def test_a_mapping_is_handed_to_the_table(write):
    path = write(CSV.replace(b"task", b"what"))
    assert check(path, {"what": "task"}).tasks == 2
    assert problem_of(path).line == 1


def test_a_mapping_for_xes_is_refused(write):
    assert "leave the mapping out" in str(problem_of(write(XES), {"what": "task"}))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(write, content, packed):
    problem = problem_of(write(content, packed=packed))
    assert (problem.line, "empty" in problem.message) == (1, True)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    for path in (tmp_path / "absent.xes", tmp_path):
        assert str(problem_of(path)).startswith(str(path))


@pytest.mark.parametrize("content", [XES, CSV], ids=["xes", "csv"])
def test_a_gzip_that_is_cut_off_anywhere_is_refused(write, content):
    whole = gzip.compress(content * 1)
    for length in range(3, len(whole)):
        problem = problem_of(write(whole[:length]))
        assert problem.line is not None
        assert "fetch it again" in problem.message


def test_a_gzip_that_is_cut_off_names_the_line_it_reaches(write):
    lines = [f"one,{n * 7919 % 10007},2024-01-01T10:00:00Z,\n".encode() for n in range(20_000)]
    path = write(gzip.compress(CSV + b"".join(lines))[:-20_000])
    problem = problem_of(path)
    assert 10_000 < problem.line < 20_000


def test_a_damaged_gzip_is_refused(write):
    whole = bytearray(gzip.compress(XES))
    for place in (20, len(whole) // 2, len(whole) - 6):
        damaged = bytes(whole[:place]) + bytes([whole[place] ^ 0xFF]) + bytes(whole[place + 1 :])
        assert problem_of(write(damaged)).line is not None
    assert "damaged" in str(problem_of(write(bytes(whole) + b"more")))


def test_several_gzip_members_in_one_file_are_one_log(write):
    assert check(write(gzip.compress(XES[:100]) + gzip.compress(XES[100:]))).events == 2


@pytest.mark.parametrize(
    "content", [gzip.compress(gzip.compress(XES)), b"PK\x03\x04" + XES, b"BZh91AY&SY", b"\xfd7zXZ\0"]
)
def test_other_ways_of_packing_are_refused_by_name(write, content):
    assert "pack it with gzip, once" in str(problem_of(write(content)))


@pytest.mark.parametrize("tail", [b"<log>\n", b"case,task,time\n"])
def test_a_bomb_is_refused_before_it_is_unpacked(write, tail):
    bomb = tail + b"<!--\n-->" * (RATIO_FREE_BYTES // 4)
    problem = problem_of(write(bomb, packed=True))
    assert problem.line is not None


def test_a_file_that_packs_as_no_log_does_is_a_bomb(write):
    problem = problem_of(write(b"<log>" + b"\n" * (RATIO_FREE_BYTES + 1_000_000), packed=True))
    assert "250 times its size" in problem.message
    assert RATIO_FREE_BYTES - 200_000 < problem.line < RATIO_FREE_BYTES + 200_000


def test_a_file_has_a_largest_size(write, monkeypatch):
    monkeypatch.setattr("casework.eventlog.stream.UNPACKED_BYTES_MAX", 1_000)
    assert "1,000 bytes" in str(problem_of(write(CSV + b"one,C,2024-01-03,\n" * 100)))


def test_cases_before_the_fault_are_given_and_then_the_problem_comes(write):
    trace = re.search(rb"<trace>.*</trace>", XES, re.DOTALL)[0]
    path = write(XES.replace(trace, trace * 2_000 + b"<trace>"))
    with open_log(path) as cases:
        before = list(islice(cases, 1_000))
        with pytest.raises(LogProblem, match="mismatched tag"):
            list(cases)
    assert {case.id for case in before} == {"one"}


@pytest.mark.parametrize("content", [XES, CSV], ids=["xes", "csv"])
def test_a_log_left_early_is_closed(write, content):
    with open_log(write(content, packed=True)) as cases:
        next(cases)
    assert list(cases) == []


def test_a_problem_can_be_sent_to_another_process():
    problem = pickle.loads(pickle.dumps(LogProblem("Wrong: mend it.", 7)))
    assert (problem.message, problem.line, str(problem)) == ("Wrong: mend it.", 7, "Line 7: Wrong: mend it.")
    assert str(LogProblem("Wrong: mend it.")) == "Wrong: mend it."
