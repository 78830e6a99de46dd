"""What may be called: the public internet, and what whoever runs the server allows or denies beside it."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Final, Self

import msgspec

from casework.egress.errors import Blocked
from casework.egress.ranges import Address, Network, is_metadata, is_public

PORTS: Final = frozenset({80, 443})
"""Ports below 1024 that may be called: the others there belong to mail, shells and files, and some understand HTTP
well enough to be misled by it."""

FREE_PORTS: Final = 1024
"""From here on nobody needs rights to listen, and web servers do."""


class Places(msgspec.Struct, frozen=True):
    """Hosts and networks of a setting. A name stands for itself alone, `*.name` for every name below it."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The places of a list, apart by commas or spaces.

        Raises:
            ValueError: one of them is neither a host, an address nor a network.

        """
        hosts, networks = set(), []
        for word in text.replace(",", " ").split():
            network = _network(word)
            if network is not None:
                networks.append(network)
            elif "/" in word or ":" in word or "@" in word:
                raise ValueError(f"{word} is neither a host, an address nor a network")
            else:
                hosts.add(plain(word))
        return cls(frozenset(hosts), tuple(networks))

    def has_host(self, host: str) -> bool:
        """Whether a host is named here."""
        name = plain(host)
        labels = name.split(".")
        return name in self.hosts or any("*." + ".".join(labels[at:]) in self.hosts for at in range(1, len(labels)))

    def has_address(self, address: Address) -> bool:
        """Whether an address lies in one of the networks."""
        return any(address in network for network in self.networks)

    def names(self, address: Address) -> bool:
        """Whether that very address stands here, and not only a network around it."""
        return any(address in network and network.num_addresses == 1 for network in self.networks)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What may be called. deny wins over allow, and allow over what is private.

    An address that hands out a cloud's credentials is allowed only where it is named itself.
    """

    allow: Places = Places()
    deny: Places = Places()

    def check(self, host: str, port: int, addresses: Sequence[Address]) -> None:
        """Nothing, where a host may be called at all of its addresses; with none of them, as far as its name says.

        Raises:
            Blocked: it may not; where one address of several may not be called, none is.

        """
        if self.deny.has_host(host):
            raise Blocked(f"{host} is denied here.")
        is_allowed = self.allow.has_host(host)
        for address in addresses:
            self._check_address(host, address, is_allowed=is_allowed)
        if not (is_allowed or port in PORTS or port >= FREE_PORTS or self._allows_all(addresses)):
            raise Blocked(f"Port {port} is not called from here.")

    def _allows_all(self, addresses: Sequence[Address]) -> bool:
        """Whether every address is allowed by itself; where none is known yet, whether any could be."""
        return all(map(self.allow.has_address, addresses)) if addresses else bool(self.allow.networks)

    def _check_address(self, host: str, address: Address, *, is_allowed: bool) -> None:
        if self.deny.has_address(address):
            raise Blocked(f"{host} is at {address}, which is denied here.")
        if is_metadata(address):
            is_allowed = self.allow.names(address)
        elif not is_allowed:
            is_allowed = is_public(address) or self.allow.has_address(address)
        if not is_allowed:
            raise Blocked(f"{host} is at {address}, which is not an address of the public internet.")


def plain(host: str) -> str:
    """A host as it is compared: small letters, no dot at the end."""
    return host.lower().rstrip(".")


def address_of(host: str) -> Address | None:
    """The address that a host is written as, None where it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _network(word: str) -> Network | None:
    try:
        return ip_network(word, strict=False)
    except ValueError:
        return None
