"""Logs in XES."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.eventlog import Case, Event, LogProblem, read_xes
from casework.eventlog.xes import ATTRIBUTES_MAX

NAMED = '<string key="concept:name" value="{}"/>'
TIMED = '<date key="time:timestamp" value="{}"/>'


def cases_of(text: str | bytes) -> list[Case]:
    return list(read_xes(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def event(name="A", time="2024-01-01T10:00:00Z", more="") -> str:
    return f"<event>\n{NAMED.format(name)}\n{TIMED.format(time)}\n{more}</event>\n"


def log(*events: str, before="", namespace="") -> str:
    return f"<log{namespace}>\n{before}<trace>\n{NAMED.format('one')}\n{''.join(events)}</trace>\n</log>\n"


def problem_of(text: str | bytes) -> LogProblem:
    with pytest.raises(LogProblem) as caught:
        cases_of(text)
    return caught.value


def test_an_event_has_name_time_resource_group_lifecycle_attributes_and_line():
    more = """<string key="org:resource" value="Ann"/><string key="org:group" value="Desk"/>
    <string key="lifecycle:transition" value="START"/><string key="concept:instance" value="7"/>"""
    (case,) = cases_of(log(event("Review", "2024-01-01T10:00:00.123+02:00", more)))
    assert case == Case(
        id="one",
        events=(
            Event(
                task="Review",
                at=datetime(2024, 1, 1, 8, 0, 0, 123_000, UTC),
                resource="Ann",
                group="Desk",
                lifecycle="start",
                attributes={"concept:instance": "7"},
                line=4,
            ),
        ),
    )


def test_an_event_of_a_log_without_lifecycle_is_a_completion_by_nobody_known():
    (found,) = cases_of(log(event()))[0].events
    assert (found.lifecycle, found.resource, found.group, found.attributes) == ("complete", None, None, {})


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.xes-standard.org/"', ' xmlns="urn:another"'])
def test_a_log_is_read_with_or_without_a_namespace(namespace):
    assert cases_of(log(event(), namespace=namespace)) == cases_of(log(event()))


def test_a_log_whose_elements_have_a_prefix_is_read():
    plain = log(event())
    prefixed = plain.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    assert cases_of(prefixed.replace("<x:log>", '<x:log xmlns:x="http://www.xes-standard.org/">')) == cases_of(plain)


def test_values_have_the_type_that_their_element_says():
    more = """<int key="i" value="-3"/><float key="f" value="2.5e1"/><boolean key="b" value="true"/>
    <boolean key="n" value="0"/><id key="u" value="a-b"/>
    <date key="d" value="2024-01-01"/><string key="s" value="3"/>"""
    (found,) = cases_of(log(event(more=more)))[0].events
    assert found.attributes == {"i": -3, "f": 25.0, "b": True, "n": False, "u": "a-b", "d": "2024-01-01", "s": "3"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", "many"),
        ("int", "9" * 30),
        ("float", "NaN"),
        ("float", "INF"),
        ("float", "1e999"),
        ("boolean", "perhaps"),
    ],
)
def test_a_value_that_json_or_its_type_does_not_have_stays_text(kind, text):
    (found,) = cases_of(log(event(more=f'<{kind} key="x" value="{text}"/>')))[0].events
    assert found.attributes == {"x": text}


def test_an_attribute_without_a_value_is_null():
    (found,) = cases_of(log(event(more='<string key="x"/>')))[0].events
    assert found.attributes == {"x": None}


def test_nested_attributes_lists_and_containers_are_passed_over():
    more = """<string key="outer" value="kept"><string key="inner" value="not">
    <int key="deeper" value="1"/></string></string>
    <list key="l"><values><string key="concept:name" value="not the name"/></values></list>
    <container key="c"><date key="time:timestamp" value="not the time"/></container>"""
    (found,) = cases_of(log(event(more=more)))[0].events
    assert (found.task, found.attributes) == ("A", {"outer": "kept"})


def test_attributes_of_the_trace_are_the_cases_own_wherever_they_stand():
    late = '<int key="amount" value="5"/>'
    (case,) = cases_of(log('<string key="channel" value="desk"/>', event(), late))
    assert (case.id, case.attributes, case.events[0].attributes) == ("one", {"channel": "desk", "amount": 5}, {})


def test_extensions_classifiers_comments_and_attributes_of_the_log_are_no_cases():
    before = """<!-- a <trace> --><?note <event>?><extension name="Concept" prefix="concept" uri="http://nowhere/x"/>
    <classifier name="Activity" keys="concept:name lifecycle:transition"/>
    <float key="mean" value="1"><float key="of Ann" value="2"/></float>"""
    assert [len(case.events) for case in cases_of(log(event(), before=before))] == [1]


def test_global_defaults_fill_in_what_is_missing_and_override_nothing():
    before = """<global scope="trace"><string key="channel" value="desk"/><int key="amount" value="1"/></global>
    <global scope="event"><string key="org:resource" value="Ann"/><string key="cost" value="2"/></global>\n"""
    text = log(
        '<int key="amount" value="9"/>', event(), event(more='<string key="org:resource" value="Bob"/>'), before=before
    )
    (case,) = cases_of(text)
    assert case.attributes == {"amount": 9, "channel": "desk"}
    assert [found.resource for found in case.events] == ["Ann", "Bob"]
    assert [found.attributes for found in case.events] == [{"cost": "2"}, {"cost": "2"}]


@pytest.mark.parametrize("filler", ["UNKNOWN", "EMPTY", "__INVALID__", "", "1970-01-01T00:00:00.000+01:00"])
def test_a_default_that_is_a_mere_filler_fills_in_nothing(filler):
    before = f'<global scope="event"><string key="org:resource" value="{filler}"/></global>\n'
    assert cases_of(log(event(), before=before))[0].events[0].resource is None


def test_a_resource_that_an_event_itself_calls_unknown_stays_as_it_is():
    assert cases_of(log(event(more='<string key="org:resource" value="UNKNOWN"/>')))[0].events[0].resource == "UNKNOWN"


@pytest.mark.parametrize("key", ["concept:name", "time:timestamp"])
def test_no_default_gives_an_event_its_name_or_time(key):
    before = f'<global scope="event"><string key="{key}" value="2024-01-01"/></global>\n'
    broken = event().replace(f'key="{key}"', 'key="other"')
    assert problem_of(log(broken, before=before)).line == 5


def test_events_come_by_time_and_those_of_the_same_instant_in_the_order_of_the_file():
    times = ["10:00", "09:00", "10:00", "09:00"]
    (case,) = cases_of(log(*(event(name, f"2024-01-01T{time}") for name, time in zip("abcd", times, strict=True))))
    assert [found.task for found in case.events] == ["b", "d", "a", "c"]


def test_a_trace_without_a_name_is_named_after_its_place():
    text = f"<log><trace>{event()}</trace><trace>{NAMED.format('x')}{event()}</trace><trace>{event()}</trace></log>"
    assert [case.id for case in cases_of(text)] == ["trace 1", "x", "trace 3"]


def test_a_trace_without_events_is_a_case_without_events():
    assert [len(case.events) for case in cases_of(f"<log><trace/><trace>{event()}</trace></log>")] == [0, 1]


def test_a_byte_order_mark_is_no_obstacle():
    assert len(cases_of(b"\xef\xbb\xbf" + log(event()).encode())) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (log(event(), "<event>\n" + TIMED.format("2024-01-01") + "</event>"), 8, "concept:name"),
        (log(event(), event(name="  ")), 8, "concept:name"),
        (log(event(), "<event>\n" + NAMED.format("A") + "</event>"), 8, "time:timestamp"),
        (log(event(), event(time="31.12.2024")), 10, "2024-03-31T09:30:00Z"),
        (log(event(), event(time="0001-01-01")), 10, "absurd"),
        (log(event(), event(time="2024-02-30")), 10, "does not exist"),
        (log(event(), "<event><string value='x'/></event>"), 8, "no key"),
        (f"<log>\n{event()}</log>", 2, "into the trace"),
        ("<html>\n<body/></html>", 1, "not the <log> of XES"),
        ("<log>\n</log>", 2, "no trace"),
        ("<log>\n<trace/>\n</log>", 3, "no event"),
        ("<log>\n<trace>\n</log>", 3, "mismatched tag"),
        (log(event())[:-7], 9, "ends too early"),
        ("<log>\n<trace>\n<event", 3, "ends too early"),
        (log(event(name="a &amp; b &lt; &unheard;")), 5, "undefined entity"),
        (log(event(name="a\x01")), 5, "invalid token"),
        (log(event()) + "\nmore", 11, "junk after"),
        (log(event(), namespace=' a="1" a="2"'), 1, "duplicate attribute"),
        ("", 1, "no element found"),
    ],
)
def test_a_broken_log_is_refused_with_its_line_and_what_to_do(text, line, says):
    problem = problem_of(text)
    assert (problem.line, says in problem.message) == (line, True), str(problem)
    assert str(problem) == f"Line {line}: {problem.message}"


def test_the_line_is_exact_far_into_the_file():
    many = "".join(event() for _ in range(30_000))
    assert problem_of(log(many, event(time="never"))).line == 3 + 4 * 30_000 + 3


def test_bytes_that_are_not_utf8_are_refused_at_their_line():
    latin = log(event(), event(name="Prüfung")).encode("latin-1")
    assert problem_of(latin).line == 9
    assert "convert the file to UTF-8" in str(problem_of(latin))


def test_bytes_that_are_not_utf8_are_found_across_the_borders_of_what_is_read_at_once():
    padding = f"<!--{'x' * 65_500}\n-->"
    for shift in range(80):
        text = padding + "y" * 0 + f"<!--{'z' * shift}é-->" + log(event())
        assert len(cases_of(text)) == 1
        assert problem_of(text.encode("latin-1")).line == 2


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16"])
def test_a_log_that_says_it_is_in_another_encoding_is_refused(encoding):
    problem = problem_of(f'<?xml version="1.0" encoding="{encoding}"?>\n{log(event())}')
    assert (problem.line, encoding in problem.message) == (1, True)


def test_a_log_in_utf16_is_refused():
    assert "UTF-8" in str(problem_of(log(event()).encode("utf-16")))
    assert problem_of(log(event()).encode("utf-16-le")).line == 1


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = [
    '<!DOCTYPE log SYSTEM "file:///etc/passwd">',
    "<!DOCTYPE log>",
    '<!DOCTYPE log [<!ENTITY a "b">]>',
    '<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE log [<!ENTITY % p SYSTEM "http://127.0.0.1:9/evil.dtd"> %p;]>',
    f'<!DOCTYPE log [<!ENTITY l0 "lol">{LAUGHS}]>',
]


@pytest.mark.parametrize("doctype", DOCTYPES, ids=["system", "bare", "entity", "file", "parameter", "billion laughs"])
def test_a_document_type_is_refused_outright_with_its_line(doctype):
    text = f'<?xml version="1.0"?>\n<!-- -->\n{doctype}\n' + log(event(name="&l9;" if "l9" in doctype else "A"))
    problem = problem_of(text)
    assert (problem.line, "DOCTYPE" in problem.message) == (3, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (log("<string key='a'>" * 300), "nested"),
        (log(event(name="x" * 2_000_000)), "longer than 1,048,576 bytes"),
        (f"<log><!--{'x' * 2_000_000}-->", "longer than 1,048,576 bytes"),
        (log("".join(f"<t{n}/>" for n in range(20_000))), "different names"),
        (log(event(more="".join(f'<int key="k{n}" value="1"/>' for n in range(ATTRIBUTES_MAX)))), "attributes"),
    ],
    ids=["nesting", "value", "comment", "names", "attributes"],
)
def test_everything_has_a_limit(text, says):
    problem = problem_of(text)
    assert says in problem.message
    assert problem.line is not None


def test_a_case_has_at_most_so_many_events(monkeypatch):
    monkeypatch.setattr("casework.eventlog.xes.EVENTS_IN_CASE_MAX", 3)
    assert len(cases_of(log(*[event()] * 3))[0].events) == 3
    problem = problem_of(log(*[event()] * 4))
    assert (problem.line, "more than 3 events" in problem.message) == (16, True)


def test_cases_come_before_the_rest_of_the_file_is_read():
    stream = io.BytesIO(log(event()).replace("</log>", f"<!--{'x' * 500_000}--></log>").encode())
    next(read_xes(stream))
    assert stream.tell() < 500_000


plain_text = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufffe\uffff"), min_size=1
)
escaped = {"&": "&amp;", "<": "&lt;", '"': "&quot;"}


@given(st.lists(st.tuples(plain_text.filter(str.strip), st.integers(0, 10**9)), min_size=1, max_size=6))
def test_names_and_times_survive_whatever_they_are(events):
    start = datetime(2000, 1, 1, tzinfo=UTC)
    times = [start + timedelta(milliseconds=millis) for _, millis in events]
    names = [name.translate(str.maketrans(escaped)) for name, _ in events]
    (case,) = cases_of(log(*(event(name, at.isoformat()) for name, at in zip(names, times, strict=True))))
    expected = sorted(zip(times, (name for name, _ in events), strict=True), key=lambda pair: pair[0])
    assert [(found.at, found.task) for found in case.events] == expected


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_damage_whatever_does_worse_than_a_problem(junk, place):
    sound = log(event(), event()).encode()
    damaged = sound[:place] + junk + sound[place + len(junk) :]
    try:
        assert all(isinstance(case, Case) for case in cases_of(damaged))
    except LogProblem as problem:
        assert problem.line is not None  # noqa: PT017 - sound or refused, but nothing else
