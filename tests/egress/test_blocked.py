"""Nobody gets us to connect to where we must not: no way of writing an address, no name, no second answer."""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from casework.egress.caller import Caller, Message
from casework.egress.connecting import resolved
from casework.egress.errors import Blocked, EgressError, Unreachable, Unsendable
from casework.egress.policy import Places, Policy
from casework.egress.ranges import Address
from tests.egress.conftest import Sentinel
from tests.egress.corpus import FORBIDDEN, PORTS, TARGETS

PUBLIC = "93.184.216.34"

ANSWERS = {
    "public": [PUBLIC],
    "private": ["127.0.0.1"],
    "mixed": [PUBLIC, "127.0.0.1"],
    "mapped": ["::ffff:127.0.0.1"],
    "translated": ["64:ff9b::7f00:1"],
    "metadata": ["169.254.169.254"],
    "six": ["2606:2800:220:1::1", "::1"],
}


async def names(host: str, port: int) -> Sequence[Address]:
    """The tests' own names; any other is asked of the machine, as it would be."""
    name = host.lower().rstrip(".").removesuffix(".test")
    return [ip_address(one) for one in ANSWERS[name]] if name in ANSWERS else await resolved(host, port)


def policy(allow: str = "", deny: str = "") -> Policy:
    return Policy(allow=Places.parse(allow), deny=Places.parse(deny))


def test_the_corpus_is_as_large_as_it_is_said_to_be():
    assert len(set(TARGETS)) == len(TARGETS) >= 150


async def test_no_hostile_address_is_connected_to(sentinel: Sentinel):
    reached = []
    async with Caller(policy(), resolve=names) as caller:
        for target in TARGETS:
            url = target.replace("{port}", str(sentinel.port))
            try:
                await caller.send(Message(method="GET", url=url, seconds=5))
            except (Blocked, Unsendable, Unreachable) as error:
                if isinstance(error, Unreachable) and target in PORTS:
                    reached.append(url)
            else:
                reached.append(url)

    assert reached == []
    assert sentinel.visits == []


@pytest.mark.parametrize("address", FORBIDDEN)
async def test_a_name_that_stands_for_an_address_that_is_not_public_is_blocked(address: str):
    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return [ip_address(PUBLIC), ip_address(address)]

    async with Caller(policy(), resolve=resolve) as caller:
        with pytest.raises(Blocked, match=r"not an address of the public internet|169\.254"):
            await caller.send(Message(method="GET", url="https://name.test/"))


async def test_a_name_that_answers_differently_the_second_time_is_asked_once(sentinel: Sentinel):
    asked = []

    async def rebinding(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return [ip_address("127.0.0.3" if len(asked) == 1 else "127.0.0.1")]

    async with Caller(policy(allow="127.0.0.3"), resolve=rebinding) as caller:
        with pytest.raises(Unreachable):
            await caller.send(Message(method="GET", url=f"http://rebind.test:{sentinel.port}/"))
        assert (asked, sentinel.visits) == (["rebind.test"], [])

        with pytest.raises(Blocked):
            await caller.send(Message(method="GET", url=f"http://rebind.test:{sentinel.port}/"))

    assert sentinel.visits == []


async def test_what_is_lent_to_others_is_guarded_the_same(sentinel: Sentinel):
    async with (
        Caller(policy(), resolve=names) as caller,
        httpx.AsyncClient(transport=caller.transport(), follow_redirects=True) as lent,
    ):
        for url in ("http://127.0.0.1:{}/", "http://private.test:{}/", "http://[::1]:{}/", "http://0x7f.1:{}/"):
            with pytest.raises(EgressError):
                await lent.get(url.format(sentinel.port))

    assert sentinel.visits == []


async def test_proxies_of_the_environment_are_not_asked(sentinel: Sentinel, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{sentinel.port}")

    async with Caller(policy(allow="127.0.0.3")) as caller:
        for scheme in ("http", "https"):
            with pytest.raises(Unreachable):
                await caller.send(Message(method="GET", url=f"{scheme}://127.0.0.3:{sentinel.port}/"))

    assert sentinel.visits == []


@pytest.mark.parametrize("allow", ["127.0.0.1", "127.0.0.0/8", "private.test", "*.test"])
async def test_what_is_allowed_is_called_although_it_is_private(sentinel: Sentinel, allow: str):
    async with Caller(policy(allow=allow), resolve=names) as caller:
        answer = await caller.send(Message(method="GET", url=f"http://Private.Test:{sentinel.port}/"))

    assert (answer.status, answer.body, sentinel.visits) == (200, b"secret", ["127.0.0.1"])


@pytest.mark.parametrize("deny", ["127.0.0.1", "127.0.0.0/8", "private.test", "*.test", "PRIVATE.test."])
async def test_what_is_denied_is_blocked_although_it_is_allowed(sentinel: Sentinel, deny: str):
    async with Caller(policy(allow="127.0.0.0/8 private.test", deny=deny), resolve=names) as caller:
        with pytest.raises(Blocked):
            await caller.send(Message(method="GET", url=f"http://private.test:{sentinel.port}/"))

    assert sentinel.visits == []


@pytest.mark.parametrize(
    ("allow", "is_allowed"),
    [("169.254.0.0/16", False), ("0.0.0.0/0", False), ("name.test", False), ("169.254.169.254", True)],
)
def test_a_clouds_credentials_are_allowed_by_their_very_address_alone(allow: str, *, is_allowed: bool):
    address = ip_address("169.254.169.254")
    if is_allowed:
        policy(allow=allow).check("name.test", 80, [address])
    else:
        with pytest.raises(Blocked):
            policy(allow=allow).check("name.test", 80, [address])


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::200e", "11.0.0.1"]
)
def test_the_public_internet_may_be_called(address: str):
    policy().check("name.test", 443, [ip_address(address)])


def test_what_is_allowed_is_called_on_any_port():
    address = ip_address("10.0.0.1")
    for allow in ("10.0.0.0/8", "mail.test"):
        policy(allow=allow).check("mail.test", 25, [])
        policy(allow=allow).check("mail.test", 25, [address])
    for allow, addresses in (("", []), ("10.0.0.0/8", [address, ip_address(PUBLIC)])):
        with pytest.raises(Blocked, match="Port 25"):
            policy(allow=allow).check("mail.test", 25, addresses)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "http://x", "a:80", "user@host", "a/b"])
def test_a_list_of_places_that_is_wrong_is_refused(text: str):
    with pytest.raises(ValueError, match="neither a host"):
        Places.parse(text)


async def test_a_file_is_no_address(tmp_path: Path):
    async with Caller(policy()) as caller:
        with pytest.raises(Unsendable):
            await caller.send(Message(method="GET", url=f"file://{tmp_path}"))
