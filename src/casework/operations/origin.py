"""Where a run comes from: who authenticated it, as its row remembers."""

from typing import Any, Final

from casework.core.permission import Principal

_TYPES: Final = {
    "cookie": "user",
    "bearer": "user",
    "personal_key": "personal_api_key",
    "workspace_key": "org_api_key",
}
"""How a run remembers each kind of credential."""


def ran_by(principal: Principal) -> dict[str, Any]:
    """The fields ran_by_* of a new run: a person by account and e-mail, a key by its own id and name."""
    kind = _TYPES[principal.kind]
    if kind == "user":
        return {"ran_by_type": kind, "ran_by_id": principal.account_uuid, "ran_by_name": principal.email}
    return {"ran_by_type": kind, "ran_by_id": principal.key_uuid, "ran_by_name": principal.key_name}
