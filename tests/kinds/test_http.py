"""A request is sent as the definition says, bears the step's key, keeps secrets, and says whether to try again."""

import json
from collections.abc import AsyncIterator
from email.utils import format_datetime

import pytest

from casework.core.errors import NotFound
from casework.core.work import Done, Failed, Work
from casework.egress.caller import Answer, Caller
from casework.egress.policy import Places, Policy
from casework.kinds.http.answer import EXCERPT_MAX, RETRY_AFTER_MAX, read
from casework.kinds.http.performer import HttpPerformer
from tests.clock import SettableClock
from tests.core.sources import problems as problems_of
from tests.kinds.conftest import Peer, Told, work

SECRETS = {"TOKEN": 's3cret-"token"', "TINY": "ab"}


async def open_secret(_work: Work, name: str) -> str:
    if name not in SECRETS:
        raise NotFound(f"There is no secret called {name} in this workspace.")
    return SECRETS[name]


@pytest.fixture
async def performer() -> AsyncIterator[HttpPerformer]:
    async with Caller(Policy(allow=Places.parse("127.0.0.1"))) as caller:
        yield HttpPerformer(caller, open_secret, SettableClock())


def request(peer: Peer, path: str, **fields):
    return {"method": "GET", "url": peer.url(path), **fields}


async def test_an_answer_of_json_is_the_output_with_a_few_of_its_headers(performer, peer, told):
    result = await performer.perform(work(request(peer, "/status/201")), told)
    assert result == Done(output={"status": 201, "headers": {"content-type": "application/json"}, "body": {"ok": True}})


async def test_text_is_text_in_its_charset_and_cookies_are_not_kept(performer, peer, told):
    result = await performer.perform(work(request(peer, "/text")), told)
    assert result.output["body"] == "caf\u00e9\ufffd"
    assert "set-cookie" not in result.output["headers"]


async def test_every_attempt_bears_the_same_key_in_the_header_that_is_named(performer, peer, told):
    step = work(request(peer, "/echo"))
    for _ in range(2):
        await performer.perform(step, told)
        assert peer.next()["headers"]["idempotency-key"] == step.key
    named = work(request(peer, "/echo", key_header="X-Request-Key"))
    await performer.perform(named, told)
    heard = peer.next()["headers"]
    assert (heard["x-request-key"], "idempotency-key" in heard) == (named.key, False)


@pytest.mark.parametrize(
    ("said", "body", "sent", "media_type"),
    [
        ({}, {"n": 1}, '{"n":1}', "application/json"),
        ({}, "plain", "plain", "text/plain; charset=utf-8"),
        ({"content-type": "text/csv"}, "a,b", "a,b", "text/csv"),
        (
            {"Content-Type": "application/x-www-form-urlencoded"},
            {"a": "x y", "n": 2},
            "a=x+y&n=2",
            "application/x-www-form-urlencoded",
        ),
    ],
)
async def test_a_body_is_sent_as_its_type_says(performer, peer, said, body, sent, media_type):
    await performer.perform(work(request(peer, "/echo", method="POST", headers=said, body=body)), Told())
    heard = peer.next()
    assert (heard["method"], heard["body"], heard["headers"]["content-type"]) == ("POST", sent, media_type)


async def test_a_list_cannot_be_sent_as_a_form(performer, peer, told):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    result = await performer.perform(work(request(peer, "/echo", method="POST", headers=headers, body=[1])), told)
    assert (result.code, result.is_final) == ("invalid", True)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503, 599])
async def test_a_status_that_may_pass_is_tried_again(performer, peer, told, status):
    result = await performer.perform(work(request(peer, f"/status/{status}")), told)
    assert (result.code, result.is_final, result.output["status"]) == ("status", False, status)


@pytest.mark.parametrize("path", ["/status/400", "/status/404", "/redirect"])
async def test_any_other_status_is_final_and_nothing_is_followed(performer, peer, told, path):
    result = await performer.perform(work(request(peer, path)), told)
    assert (result.code, result.is_final) == ("status", True)
    assert peer.next()["path"] == path
    assert peer.lines.empty()


async def test_what_the_task_expects_is_a_success_and_nothing_else_is(performer, peer, told):
    found = await performer.perform(work(request(peer, "/status/404", expect=[404])), told)
    assert (found.output["status"], found.output["body"]) == (404, {"ok": True})
    missing = await performer.perform(work(request(peer, "/status/200", expect=[404])), told)
    assert isinstance(missing, Failed)


async def test_the_other_end_says_how_long_to_wait(performer, peer, told):
    result = await performer.perform(work(request(peer, "/busy/7")), told)
    assert (result.is_final, result.retry_after) == (False, 7)


async def test_an_instant_to_come_back_at_is_heeded_within_bounds():
    now = SettableClock().now()

    def after(text):
        return read(Answer(status=429, headers={"retry-after": text}, body=b""), None, {}, now).retry_after

    assert after(format_datetime(now.replace(microsecond=0), usegmt=True)) == 0
    assert after("Fri, 31 Dec 9999 23:59:59 GMT") == RETRY_AFTER_MAX
    assert after("99999999999999999999") == RETRY_AFTER_MAX
    assert (after("soon"), after(""), after("-5"), after("\u0661")) == (0, 0, 0, 0)


async def test_no_whole_answer_may_be_asked_for_again(performer, peer, told):
    cut = await performer.perform(work(request(peer, "/drop")), told)
    assert (cut.code, cut.is_final) == ("malformed", False)
    late = await performer.perform(work(request(peer, "/slow"), seconds=1), told)
    assert (late.code, late.is_final) == ("timeout", False)
    nobody = await performer.perform(work({"method": "GET", "url": "http://127.0.0.1:1/"}), told)
    assert nobody.code in {"unreachable", "blocked"}


async def test_an_answer_that_is_too_long_is_refused_with_the_limit(performer, peer, told):
    result = await performer.perform(work(request(peer, "/huge")), told)
    assert (result.code, result.is_final) == ("too_large", True)
    assert "1048576" in result.message


async def test_an_answer_that_is_not_the_json_that_it_says_is_no_output(performer, peer, told):
    result = await performer.perform(work(request(peer, "/answers/%7Bno")), told)
    assert (result.code, result.is_final) == ("malformed", False)


async def test_of_an_answer_that_failed_a_part_is_kept():
    answer = Answer(status=500, headers={}, body=b"x" * 100_000)
    result = read(answer, None, {}, SettableClock().now())
    assert len(result.output["body"]) == EXCERPT_MAX


async def test_addresses_of_our_own_network_are_not_called(told):
    async with Caller(Policy()) as caller:
        guarded = HttpPerformer(caller, open_secret, SettableClock())
        result = await guarded.perform(work({"method": "GET", "url": "http://127.0.0.1:8080/"}), told)
    assert (result.code, result.is_final) == ("blocked", True)


# Secrets


async def test_secrets_go_where_the_definition_puts_them_and_are_kept_nowhere(performer, peer, told):
    step = work(
        request(
            peer,
            "/echo?token={{ secrets.TINY }}",
            method="POST",
            headers={"Authorization": "Bearer {{ secrets.TOKEN }}"},
            body={"inner": ["{{secrets.TOKEN}}"]},
        )
    )
    result = await performer.perform(step, told)
    heard = peer.next()
    assert heard["headers"]["authorization"] == f"Bearer {SECRETS['TOKEN']}"
    assert heard["path"].endswith("?token=ab")
    assert json.loads(heard["body"]) == {"inner": [SECRETS["TOKEN"]]}
    assert SECRETS["TOKEN"] not in str(result.output)  # the peer said it back
    assert result.output["body"]["headers"]["authorization"] == "Bearer [secret]"
    assert "{{ secrets.TOKEN }}" in str(step.data)


@pytest.mark.parametrize("field", ["url", "headers", "body"])
async def test_what_somebody_sent_cannot_name_a_secret(performer, peer, told, field):
    named = "{{ secrets.TOKEN }}"
    settings = {
        "method": "POST",
        "url": peer.url("/echo?q={{ input.q }}"),
        "headers": {"A": "{{ input.q }}", "Authorization": named},
        "body": "={'q': input.q}",
    }
    data = {
        "method": "POST",
        "url": peer.url("/echo?q="),
        "headers": {"A": "", "Authorization": named},
        "body": {"q": ""},
    }
    data[field] = {
        "url": peer.url(f"/echo?q={named}"),
        "headers": {"A": named, "Authorization": named},
        "body": {"q": named},
    }[field]
    result = await performer.perform(work(settings, data), told)
    assert (result.code, result.is_final) == ("secret", True)
    assert peer.lines.empty()


async def test_a_secret_that_is_not_there_is_told_by_its_name(performer, peer, told):
    result = await performer.perform(work(request(peer, "/echo", headers={"A": "{{ secrets.NONE }}"})), told)
    assert (result.code, result.is_final) == ("secret", True)
    assert "NONE" in result.message


# What a definition can say


def problems(**fields):
    task = {"key": "a", "kind": "http", "url": "https://example.org", **fields}
    return [one.message for one in problems_of({"casework": 1, "key": "k", "tasks": [task]}, "value")]


def test_the_header_of_the_key_is_the_steps_alone():
    assert problems(key_header="a b") == ["this is not the name of a header"]
    assert problems(headers={"idempotency-key": "1"}) == ["the header Idempotency-Key bears the step's key"]
    assert problems(headers={"a b": "1"}) == ["this is not the name of a header"]
