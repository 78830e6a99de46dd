"""What a declared policy promises, worked out from the policy and the caller alone; nothing here asks the server."""

from dataclasses import dataclass
from typing import Literal

from casework.core.permission import WORKFLOW_LEVELS, Policy
from tests.security.cast import Side, Who
from tests.security.recipes import Recipe

State = Literal["own", "others", "foreign", "absent", "gone"]
"""Of the thing in question: the caller's, another member's, another workspace's, no one's, or deleted meanwhile."""

OK = 0
"""Stands for the status that the operation declares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who calls in which workspace for what: None is for what is about no one thing."""

    who: Who
    side: Side
    state: State | None


def expected(policy: Policy, call: Call, recipe: Recipe, surface: str) -> int:
    """The status of the answer, OK where it is the declared one."""
    if policy.who == "anyone":
        return OK
    if not call.who.proves:
        return 401
    if policy.who == "account":
        return 403 if recipe.is_for_persons and call.who.is_key else OK
    return _of_a_member(policy, call, recipe, surface)


def _of_a_member(policy: Policy, call: Call, recipe: Recipe, surface: str) -> int:
    if call.who.home != call.side or not _holds(policy.scope, call.who):
        return 403
    if recipe.impersonal and not call.who.account_id:
        return recipe.impersonal
    if call.state is None:
        return _without_a_thing(policy, call)
    return _with_a_thing(policy, call, recipe, surface)


def _without_a_thing(policy: Policy, call: Call) -> int:
    """A level that is asked without naming a workflow must be held on any, or be that of whoever makes one."""
    if policy.workflow is None or _is_leveled(policy, call.who) or _holds("workflows:write", call.who):
        return OK
    return 403


def _with_a_thing(policy: Policy, call: Call, recipe: Recipe, surface: str) -> int:
    who = call.who
    may = (call.state == "own" or _holds(policy.own_or, who)) and _is_leveled(policy, who)
    if recipe.asks_first and not may:
        return 403
    if call.state in ("foreign", "absent") or (call.state == "gone" and recipe.gone == recipe.missing):
        return recipe.missing
    refusal = _in_project(policy, call, recipe, surface)
    if refusal == OK and not may:
        refusal = 403
    if refusal != OK or call.state == "own":
        return refusal
    return recipe.gone if call.state == "gone" else recipe.others


def _in_project(policy: Policy, call: Call, recipe: Recipe, surface: str) -> int:
    """A project shows itself to who belongs to it, or holds the scope. What is others' there takes the scope to change.

    The activity surface does not tell of a project that it does not show.
    """
    who, scope = call.who, policy.project
    if scope is None and surface != "activities":
        return OK
    category, _, level = (scope or "activities:read").partition(":")
    if not (who.in_project or _holds(f"{category}:read", who)):
        return recipe.missing if surface == "activities" else 403
    is_change = scope is not None and level != "read"
    is_trusted = call.state == "own" or recipe.is_for_all or who.level == "admin" or _holds(scope, who)
    return 403 if is_change and not is_trusted else OK


def _is_leveled(policy: Policy, who: Who) -> bool:
    if policy.workflow is None:
        return True
    return who.level is not None and WORKFLOW_LEVELS.index(who.level) >= WORKFLOW_LEVELS.index(policy.workflow)


def _holds(scope: str | None, who: Who) -> bool:
    return scope is None or scope in who.scopes
