"""Addresses as users write them: what is taken for one, and what is refused before anybody is asked for its name."""

import re
from typing import Final

import httpx

from casework.egress.errors import Blocked, Unsendable
from casework.egress.policy import Policy, address_of

URL_LENGTH_MAX: Final = 2000
"""What the database keeps of an address, and most servers take."""

SCHEMES: Final[dict[str, int]] = {"http": 80, "https": 443}
"""What is spoken, and the port of each."""

_NUMBER: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?\Z", re.IGNORECASE)
"""A host whose last label is a number means an IPv4 address to some readers, and a name to others."""

_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?\Z", re.IGNORECASE)


def check_url(text: str, policy: Policy) -> httpx.URL:
    """The address that a text is, as far as can be said without asking for its name.

    Raises:
        Unsendable: it is none, of another scheme, carries a user's name, or holds what readers disagree about.
        Blocked: its host is written as an address that must not be called, or in a way that hides which one it is.

    """
    if len(text) > URL_LENGTH_MAX:
        raise Unsendable(f"An address is at most {URL_LENGTH_MAX} characters.")
    if any(character <= "\x20" or character in "\\\x7f" for character in text):
        raise Unsendable("An address holds neither spaces, control characters nor backslashes.")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unsendable(f"This is not an address: {error}") from None
    check_target(url, policy)
    return url


def check_target(url: httpx.URL, policy: Policy) -> None:
    """The same of an address that was taken apart already."""
    if url.scheme not in SCHEMES:
        raise Unsendable("An address begins with http:// or https://.")
    if url.userinfo:
        raise Unsendable("An address carries no user name and password; send them in a header.")
    host = url.raw_host.decode("ascii")
    if not host:
        raise Unsendable("An address names a host.")
    port = SCHEMES[url.scheme] if url.port is None else url.port
    if not 0 < port < 2**16:
        raise Unsendable("A port is a number from 1 to 65535.")
    check_host(host, port, policy)


def check_host(host: str, port: int, policy: Policy) -> None:
    """The same of a host alone, as a resolver would be given it."""
    address = address_of(host)
    if address is None and _NUMBER.search(host.rpartition(".")[2] or host.rstrip(".").rpartition(".")[2]):
        raise Blocked(f"{host} is an address written in a way that hides which one; write it as 192.0.2.1.")
    if address is None and not _NAME.match(host):
        raise Unsendable(f"{host} is not the name of a host.")
    policy.check(host, port, [] if address is None else [address])
