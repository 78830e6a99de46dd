"""Bodies: bounded, JSON, every problem at once, and nothing that the database could not hold."""

import json
import time
from contextlib import suppress

import pytest

from casework.api.bodies import BODY_BYTES_MAX, DEPTH_MAX, pointer_of, refuse_deep
from casework.core.errors import Invalid
from tests.api.conftest import PREFIXES

JSON = {"content-type": "application/json"}


async def test_a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_not(wire):
    body = json.dumps({"data": ["x" * 100_000] * 10}).encode()
    body += b" " * (BODY_BYTES_MAX - len(body))
    assert (await wire.post("/probe/echo", content=body, headers=JSON)).status_code == 200
    assert (await wire.post("/probe/echo", content=body + b" ", headers=JSON)).status_code == 413


async def test_a_body_of_unannounced_length_is_cut_off_at_the_limit(wire):
    async def chunks():
        yield b'{"name": "'
        for _ in range(20):
            yield b"x" * 65_536
        yield b'"}'

    answer = await wire.post("/api/v3/workflow/echo", content=chunks(), headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["title"] == "Payload Too Large"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_what_is_not_sent_as_json_is_not_read(wire, media_type):
    headers = {"content-type": media_type} if media_type else {}
    answer = await wire.post("/api/v2/w/echo", content=b'{"name": "x"}', headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "application/vnd.api+json", "APPLICATION/JSON"]
)
async def test_json_by_any_of_its_names_is_read(wire, media_type):
    answer = await wire.post("/probe/echo", content=b'{"name": "x"}', headers={"content-type": media_type})
    assert answer.json()["name"] == "x"


async def test_no_body_counts_as_an_empty_object(wire):
    assert (await wire.post("/probe/echo")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"[1,",
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"NaN",
        rb'{"name": "\ud800"}',
        rb'{"name": "\udc00"}',
        rb'{"name": "\ud800\u0041"}',
        b'{"name": "a\x00b"}',
    ],
)
@pytest.mark.parametrize(
    ("surface", "status"), [("workspace", 400), ("chats", 400), ("analytics", 422), ("activities", 400)]
)
async def test_what_is_no_json_is_malformed(wire, body, surface, status):
    answer = await wire.post(f"{PREFIXES[surface]}/echo", content=body, headers=JSON)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body", [rb'{"name": "a\u0000"}', rb'{"data": {"deep": ["\u0000"]}}', rb'{"data": {"a\u0000": 1}}']
)
async def test_nul_is_refused_wherever_it_stands(wire, body):
    answer = await wire.post("/api/v2/w/echo", content=body, headers=JSON)
    assert answer.status_code == 400
    assert "NUL" in answer.json()["detail"]


async def test_a_backslash_before_u0000_is_just_text(wire):
    answer = await wire.post("/probe/echo", content=rb'{"name": "\\u0000"}', headers=JSON)
    assert answer.json()["name"] == r"\u0000"


async def test_every_problem_is_told_at_once(wire):
    answer = await wire.post("/api/v2/w/echo", json={"name": 1, "amount": "x", "colour": "red", "parts": [{}, []]})
    assert answer.status_code == 400
    assert {problem["path"] for problem in answer.json()["problems"]} == {"/name", "/amount", "/colour", "/parts/1"}


@pytest.mark.parametrize("identifier", [0, -1, 2**63, 10**30, 1.5, "1", True])
async def test_an_id_that_the_database_cannot_hold_is_refused(wire, identifier):
    answer = await wire.post("/api/v2/w/echo", json={"member_id": identifier})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("member_id: ")


async def test_of_a_name_that_is_given_twice_the_last_counts(wire):
    answer = await wire.post("/probe/echo", content=b'{"amount": 1, "amount": 2}', headers=JSON)
    assert answer.json()["amount"] == 2


async def test_nesting_is_bounded(wire):
    within = b'{"data": ' + b"[" * (DEPTH_MAX - 1) + b"]" * (DEPTH_MAX - 1) + b"}"
    beyond = b'{"data": ' + b"[" * DEPTH_MAX + b"]" * DEPTH_MAX + b"}"
    assert (await wire.post("/probe/echo", content=within, headers=JSON)).status_code == 200
    assert (await wire.post("/probe/echo", content=beyond, headers=JSON)).status_code == 400
    for bomb in (b"[" * 500_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        assert (await wire.post("/probe/echo", content=bomb, headers=JSON)).status_code == 400


def test_brackets_in_text_do_not_count():
    refuse_deep(json.dumps({"name": "[" * 1000, "other": '\\"[' * 100}).encode())


def test_measuring_the_depth_of_a_megabyte_is_quick():
    for body in (b"[" + b"[]," * 330_000 + b"[]]", b'["' + b"\\\\" * 500_000 + b'"]', b"]" * 1_000_000 + b"[" * 48_000):
        started = time.process_time()
        with suppress(Invalid):
            refuse_deep(body)
        assert time.process_time() - started < 0.5


def test_places_become_pointers():
    assert pointer_of("$.tasks[0].next[12].to") == "/tasks/0/next/12/to"
    assert pointer_of("$") == ""
