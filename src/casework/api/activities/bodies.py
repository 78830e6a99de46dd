"""What is sent to this surface. Plain JSON, under either media type; unknown fields are refused.

S003 lists `id` among the inputs of every action: it may be sent again in the body, where it must be the path's.
"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from casework.api.bodies import Id
from casework.core.errors import Invalid, Problem

Title = Annotated[str, Meta(max_length=500, examples=["Order 4711"])]
Priority = Annotated[int, Meta(ge=0, le=100)]
Due = Annotated[datetime, Meta(tz=True)]
Data = dict[str, Any]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that may repeat the id of the path."""

    id: str | UnsetType = UNSET

    def refuse_other(self, identifier: object) -> None:
        """Invalid where the body names another thing than the path."""
        if self.id is not UNSET and self.id.lower() != str(identifier):
            message = "must be the id in the path."
            raise Invalid(f"id: {message}", (Problem(path="/id", message=message),))


class Nothing(Body, frozen=True, kw_only=True):
    """No more than the id, and that not necessarily."""


class AssignBody(Body, frozen=True, kw_only=True):
    """Whom to assign an activity to: the caller unless an account is named."""

    account_id: Id | UnsetType | None = UNSET
    start_working: bool = False
    self_assigning: bool = False


class ReassignBody(Body, frozen=True, kw_only=True):
    """Whom to hand an activity over to."""

    account_id: Id


class DataBody(Body, frozen=True, kw_only=True):
    """Data of an activity, merged over what was saved."""

    data: Data


class CompleteBody(DataBody, frozen=True, kw_only=True):
    """Data of an activity, merged over what was saved; `self_assigning` takes it first, where nobody is on it."""

    self_assigning: bool = False


class Comment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an activity cannot be done."""

    comment: Annotated[str, Meta(max_length=4000, examples=["The customer's address is missing."])]


class ErrorBody(Body, frozen=True, kw_only=True):
    """That an activity cannot be done, and why."""

    data: Comment | UnsetType = UNSET


class NextBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which project to take an activity from, any by default, and whether to start working at once."""

    project_id: Id | UnsetType | None = UNSET
    start_working: bool = False


class NewWorkUnitBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A work unit to be made. `title` and `input` are other names of `name` and `data`; send one of the two."""

    project_id: Id
    name: Title | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    data: Data | UnsetType = UNSET
    input: Data | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due_at: Due | UnsetType | None = UNSET
    external_id: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType | None = UNSET
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | UnsetType | None = UNSET


class WorkUnitBody(Body, frozen=True, kw_only=True):
    """What to change of a work unit."""

    name: Title | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due_at: Due | UnsetType | None = UNSET


class CancelBody(Body, frozen=True, kw_only=True):
    """Why a work unit is cancelled."""

    reason: Annotated[str, Meta(max_length=1000)] | UnsetType | None = UNSET


class NoFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing needs to be said."""


class StartBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which activity to start or resume."""

    activity_id: str


def one_of(body: msgspec.Struct, name: str, other: str) -> Any:
    """The value of two fields that mean the same; UNSET where neither was sent.

    Raises:
        Invalid: both were sent, and differ.

    """
    first, second = getattr(body, name), getattr(body, other)
    if first is UNSET or second is UNSET:
        return second if first is UNSET else first
    if first != second:
        message = f"means the same as {name}: send one of the two."
        raise Invalid(f"{other}: {message}", (Problem(path=f"/{other}", message=message),))
    return first
