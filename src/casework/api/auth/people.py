"""Who one is, as the answers of signing in show it."""

from uuid import UUID

import msgspec

from casework.core.permission import Principal
from casework.operations.accounts import Account


class UserResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A person."""

    id: int
    uuid: UUID
    email: str
    name: str


EXAMPLE = UserResponse(id=12, uuid=UUID("018d7c5e-1a00-7000-8000-00000000000c"), email="ada@example.com", name="Ada")


def of_account(account: Account) -> UserResponse:
    """The person whose account it is."""
    return UserResponse(id=account.id, uuid=account.uuid, email=account.email, name=account.name)


def of_principal(principal: Principal) -> UserResponse | None:
    """The person who calls, None where it is a key that acts as the workspace."""
    if principal.account_id is None or principal.account_uuid is None:
        return None
    return UserResponse(
        id=principal.account_id, uuid=principal.account_uuid, email=principal.email or "", name=principal.name
    )
