"""Who calls: everybody with another standing, in two workspaces of which the first has secrets."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from casework.core.permission import CATEGORIES, SCOPES, WORKFLOW_LEVELS, implied
from casework.operations.key_secrets import new_key
from casework.operations.services import Services
from casework.store import keys
from tests import people
from tests.people import Caller, Place

CANARY = "zq7canary"
"""Stands in every text of the first workspace. Nobody from the second may ever receive it."""

Side = Literal["ours", "theirs", "nowhere"]
"""A workspace: the first, whose rows are guarded; the second, where strangers are at home; one that there is not."""

READ_ONLY = [f"{category}:read" for category in CATEGORIES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A caller, and what is known of it; of this alone it follows what it may do.

    proves: its credential is good. home: the workspace that it is a member of. level: on every workflow there that is
    made for these tests. in_project: it belongs to their projects.
    """

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    proves: bool = True
    is_key: bool = False
    home: Side | None = None
    scopes: frozenset[str] = frozenset()
    level: Literal["use", "edit", "admin"] | None = None
    member_id: int = 0
    account_id: int = 0
    account_uuid: str = ""

    @property
    def in_project(self) -> bool:
        """Whether it belongs to the projects there: everybody does who holds a level."""
        return self.level is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The callers. In `ours`: manager, ada (who is "self"), bob (whose things are others'), bystander, former, reader.

    unproven: those whose credential is none (any more). stranger, their_key: the second workspace's Manager, and its
    key. scoped, leveled: members that hold that scope, or level, and nothing else.
    """

    places: dict[Side, Place]
    unproven: list[Who]
    manager: Who
    organization: Who
    ada: Who
    bob: Who
    bystander: Who
    former: Who
    reader: Who
    stranger: Who
    their_key: Who
    scoped: dict[str, Who]
    leveled: dict[str, Who]

    @property
    def granted(self) -> list[tuple[Who, str]]:
        """The grants of every workflow of the first workspace."""
        return [(self.ada, "use"), (self.bob, "use"), *((who, level) for level, who in self.leveled.items())]


async def assemble(services: Services, scopes: set[str]) -> Cast:
    """The callers, with a holder for each of those scopes."""
    ours = await people.place(services, f"{CANARY} Support")
    theirs = await people.place(services, "Elsewhere")
    manager, stranger = ours.manager, theirs.manager
    ada, bob, former, disabled = [await ours.member() for _ in range(4)]
    everything = implied(SCOPES)
    return Cast(
        places={"ours": ours, "theirs": theirs},
        unproven=[
            Who(name="anonymous", proves=False),
            Who(name="garbage token", headers=_bearer("cw_zzzz_garbage"), proves=False),
            Who(name="revoked key", headers=await _key(ours, manager, is_revoked=True), proves=False),
            Who(name="expired key", headers=await _key(ours, manager, is_expired=True), proves=False),
            Who(name="key of a removed member", headers=await _key(ours, former), proves=False),
            Who(name="disabled account", headers=disabled.headers, proves=False, account_id=disabled.account_id),
        ],
        manager=_who("manager", manager, "ours", everything, "admin"),
        organization=Who(
            name="key of the workspace",
            headers=await _key(ours, None, scopes=sorted(SCOPES)),
            is_key=True,
            home="ours",
            scopes=everything,
            level="admin",
        ),
        ada=_who("self", ada, "ours", frozenset(), "use"),
        bob=_who("other member", bob, "ours", frozenset(), "use"),
        bystander=_who("without the right", await ours.member(), "ours"),
        former=_who("removed member", former, None),
        # A key that was given scopes of its own does no more than these say: of its Manager's level, use is left.
        reader=Who(
            name="read-only key",
            headers=await _key(ours, manager, scopes=READ_ONLY),
            is_key=True,
            home="ours",
            scopes=frozenset(READ_ONLY),
            level="use",
            member_id=manager.member_id,
            account_id=manager.account_id,
        ),
        stranger=_who("owner of another workspace", stranger, "theirs", everything, "admin"),
        their_key=Who(
            name="key of another workspace",
            headers=await _key(theirs, stranger),
            is_key=True,
            home="theirs",
            scopes=everything,
            level="admin",
            member_id=stranger.member_id,
            account_id=stranger.account_id,
        ),
        scoped={
            name: _who(f"with {name}", await ours.member(scopes=[name]), "ours", implied(frozenset({name})))
            for name in sorted(scopes)
        },
        leveled={
            level: _who(f"with {level} on the workflow", await ours.member(), "ours", frozenset(), level)
            for level in WORKFLOW_LEVELS
        },
    )


async def dismiss(services: Services, cast: Cast) -> None:
    """Let those go who are there to be gone, and write the canary into every text about people of the first one."""
    disabled = next(who for who in cast.unproven if who.account_id)
    place = cast.places["ours"]
    async with services.database.write() as connection:
        now = services.clock.now()
        await connection.execute(
            "update members set removed_at = $3 where workspace_id = $1 and account_id = $2",
            place.id,
            cast.former.account_id,
            now,
        )
        await connection.execute("update accounts set disabled_at = $2 where id = $1", disabled.account_id, now)
        for table in ("members", "roles", "api_keys"):
            await connection.execute(
                f"update {table} set name = $2 || ' ' || name where workspace_id = $1"
                + (" and not is_builtin" if table == "roles" else ""),
                place.id,
                CANARY,
            )
        await connection.execute(
            """
            update accounts set name = $2 || ' ' || name, email = $2 || '.' || email
            where id in (select account_id from members where workspace_id = $1)
            """,
            place.id,
            CANARY,
        )
        await connection.execute(
            "update members set phone = $2, labels = array[$2], data = $3, form_data = $3 where workspace_id = $1",
            place.id,
            CANARY,
            {"secret": CANARY},
        )


def _who(
    name: str,
    caller: Caller,
    home: Side | None,
    scopes: frozenset[str] = frozenset(),
    level: Literal["use", "edit", "admin"] | None = None,
) -> Who:
    return Who(
        name=name,
        headers=caller.headers,
        home=home,
        scopes=scopes,
        level=level,
        member_id=caller.member_id,
        account_id=caller.account_id,
        account_uuid=str(caller.account_uuid),
    )


async def _key(
    place: Place,
    caller: Caller | None,
    *,
    scopes: list[str] | None = None,
    is_revoked: bool = False,
    is_expired: bool = False,
) -> dict[str, str]:
    now = place.services.clock.now()
    secret = new_key(
        caller.member_id if caller else None,
        "a key",
        at=now,
        scopes=scopes,
        expires_at=now - timedelta(minutes=1) if is_expired else None,
    )
    async with place.services.database.write() as connection:
        key_id = await keys.insert(connection, place.id, secret.key, at=now)
        if is_revoked:
            await connection.execute("update api_keys set revoked_at = $2 where id = $1", key_id, now)
    return _bearer(secret.text)


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
