"""What may be said of people: the limits of names, e-mails and passwords, and the wishes about members."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.core.errors import Invalid, Problem
from casework.operations.passwords import LENGTH_MAX, LENGTH_MIN

KEPT_BYTES_MAX: Final = 32 * 1024
"""Of `data` and of `form_data`, as JSON: a page of 500 members stays a few megabytes."""

Email = Annotated[
    str,
    Meta(
        pattern=r"^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+(?![\s\S])",  # `$` would pass a final newline
        min_length=3,
        max_length=254,
        description="An e-mail address; capitals make no difference.",
        examples=["ada@example.com"],
    ),
]
Password = Annotated[str, Meta(min_length=LENGTH_MIN, max_length=LENGTH_MAX, examples=["correct horse battery"])]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Word = Annotated[str, Meta(min_length=1, max_length=100)]
Words = Annotated[list[Word], Meta(max_length=50)]
Phone = Annotated[str, Meta(max_length=50)]
Capacity = Annotated[int, Meta(ge=0, le=1000, description="Activities at once; null is what the workspace says.")]
ExternalId = Annotated[str, Meta(min_length=1, max_length=200)]


class MemberWish(msgspec.Struct, frozen=True, kw_only=True):
    """What a member is to be; what is not set stays as it is. role: the name of one."""

    name: Name | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    role: Word | UnsetType = UNSET
    actor_roles: Words | UnsetType = UNSET
    is_supervisor: bool | UnsetType = UNSET
    capacity: Capacity | UnsetType | None = UNSET
    is_available: bool | UnsetType = UNSET
    labels: Words | UnsetType = UNSET
    external_id: ExternalId | UnsetType | None = UNSET
    data: dict[str, Any] | UnsetType = UNSET
    form_data: dict[str, Any] | UnsetType = UNSET


class NewMember(MemberWish, frozen=True, kw_only=True):
    """Somebody to become a member. password: for an account that is new; else it is not looked at."""

    email: Email
    password: Password | UnsetType = UNSET


def given(wish: MemberWish) -> dict[str, Any]:
    """What a wish sets of a member's profile, by the profile's names; the role is looked up elsewhere."""
    fields = msgspec.structs.asdict(wish)
    return {
        name: value
        for name, value in fields.items()
        if value is not UNSET and name not in {"role", "email", "password"}
    }


def refuse_large(wish: MemberWish, path: str = "") -> None:
    """Invalid where what is to be kept of a member is more than a member's share."""
    for name, value in (("data", wish.data), ("formData", wish.form_data)):
        if value is not UNSET and len(msgspec.json.encode(value)) > KEPT_BYTES_MAX:
            problem = Problem(path=f"{path}/{name}", message=f"must not be larger than {KEPT_BYTES_MAX // 1024} KiB.")
            raise Invalid(f"{problem.path[1:]}: {problem.message}", (problem,))
