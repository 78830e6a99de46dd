"""The people of a log: resources as members, found where they are there already, made where not."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from casework.core.permission import Grant
from casework.eventlog.keys import slug
from casework.operations import members
from casework.operations.finished import Hands, fitting
from casework.operations.people import MemberWish, NewMember
from casework.operations.services import Services
from casework.store import history
from casework.store.history import Person

_EMAIL: Final = re.compile(r"[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+\.[\x21-\x3f\x41-\x7e]+")
_EMAIL_CHARACTERS_MAX: Final = 254
_NAME_CHARACTERS_MAX: Final = 200
_NAMES_A_QUERY: Final = 1_000


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A person of a log: who it is there, and what it is as a member.

    spare_email: for where somebody else has `email` already.
    """

    name: str
    external_id: str
    email: str
    spare_email: str
    actor_roles: tuple[str, ...]

    @property
    def shown_name(self) -> str:
        """The name as far as a member's can be long."""
        return self.name[:_NAME_CHARACTERS_MAX]


def resources(roles: Mapping[str, Sequence[str]], key: str) -> list[Resource]:
    """The resources of a log with the roles each one held: its e-mail is its name if that is one, else made of it.

    key: of the workflow that the log shows.
    """
    host = host_of(key)
    plain = {name: name.lower() if _is_email(name) else f"{slug(name)}@{host}" for name in roles}
    users = Counter(plain.values())
    found = []
    for name, email in plain.items():
        spare = f"{slug(name)}_{sha256(name.encode()).hexdigest()[:8]}@{host}"
        found.append(
            Resource(
                name=name,
                external_id=fitting(name),
                email=email if users[email] == 1 or _is_email(name) else spare,
                spare_email=spare,
                actor_roles=tuple(roles[name]),
            )
        )
    return found


def host_of(key: str) -> str:
    """The host of made-up e-mail addresses: one that can never be reached (RFC 2606), of the workflow of that key."""
    return f"{key.replace('_', '-')}.example"


def _is_email(name: str) -> bool:
    return len(name) <= _EMAIL_CHARACTERS_MAX and _EMAIL.fullmatch(name) is not None


async def bring_in(services: Services, grant: Grant, wanted: Sequence[Resource]) -> dict[str, Hands]:
    """The member that each resource is, by the resource's name; those that are missing are made, without a password.

    A member that is there keeps everything, and gets the roles that the log shows it to have held. One that was
    removed stays so: what it did is still its own.
    """
    known = await _known(services, grant, wanted)
    await _add(services, grant, [one for one in wanted if one.name not in known])
    known = await _known(services, grant, wanted)
    for member_id, roles in _lacking(wanted, known).items():
        await members.change(services, grant, member_id, MemberWish(actor_roles=sorted(roles)))
    return {name: Hands(account_id=one.account_id, member_id=one.member_id) for name, one in known.items()}


async def _known(services: Services, grant: Grant, wanted: Sequence[Resource]) -> dict[str, Person]:
    """Who is there, by the resource's name: by external id, else by an e-mail that nobody else's external id claims."""
    found: dict[str, Person] = {}
    for part in _parts(wanted):
        people = await _people(services, grant, part)
        by_id = {one.external_id: one for one in people if one.external_id is not None}
        by_email = {one.email: one for one in people}
        for one in part:
            person = by_id.get(one.external_id) or _by_email(one, by_email)
            if person is not None:
                found[one.name] = person
    return found


def _by_email(one: Resource, by_email: Mapping[str, Person]) -> Person | None:
    own = by_email.get(one.email)
    if own is not None and (own.external_id is None or one.email == one.name.lower()):
        return own
    spare = by_email.get(one.spare_email)
    return spare if spare is not None and spare.external_id is None else None


async def _add(services: Services, grant: Grant, missing: Sequence[Resource]) -> None:
    alone = {one.email: one for one in reversed(missing)}  # an e-mail in capitals is the same person
    for part in _parts([one for one in missing if alone[one.email] is one]):
        taken = {one.email for one in await _people(services, grant, part)}
        new = [
            NewMember(
                email=one.spare_email if one.email in taken else one.email,
                name=one.shown_name,
                external_id=one.external_id,
                actor_roles=list(one.actor_roles),
            )
            for one in part
        ]
        await members.add_all(services, grant, new, None)


async def _people(services: Services, grant: Grant, part: Sequence[Resource]) -> list[Person]:
    emails = {email for one in part for email in (one.email, one.spare_email)}
    ids = {one.external_id for one in part}
    async with services.database.read() as connection:
        return await history.people(connection, grant.workspace_id, external_ids=ids, emails=emails)


def _lacking(wanted: Iterable[Resource], known: Mapping[str, Person]) -> dict[int, set[str]]:
    """The roles, old and new, of the members that lack one."""
    found: dict[int, set[str]] = {}
    for one in wanted:
        person = known[one.name]
        roles = found.get(person.member_id, set(person.actor_roles)) | set(one.actor_roles)
        if not person.is_removed and not roles <= set(person.actor_roles):
            found[person.member_id] = roles
    return found


def _parts(wanted: Sequence[Resource]) -> Iterable[Sequence[Resource]]:
    return (wanted[start : start + _NAMES_A_QUERY] for start in range(0, len(wanted), _NAMES_A_QUERY))
