"""`decision`: a table of rules; the step's output is what the first rule that applies says, or all of them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.core.condition import Condition, EvaluationError
from casework.core.context import Context
from casework.core.definition import Json
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.parse_field import Fields

FIELDS: Final = ("rules", "hit")

RULES_MAX: Final = 500
"""Rules of a table: a longer one is data, and belongs behind an address."""


def read(fields: Fields) -> dict[str, Json]:
    """`rules`: a list of {when, then}; `hit`: first (by default) or all."""
    rules = fields.maps("rules", ("when", "then"), RULES_MAX)
    for rule in rules:
        rule.source("when")
        if rule.get("then") is None:
            rule.wrong("then", "the rule has no 'then'", "write what the decision gives, like {then: {level: high}}")
    settings: dict[str, Json] = {"rules": [dict(rule.values) for rule in rules]}
    if fields.choice("hit", ("first", "all")) == "all":
        settings["hit"] = "all"
    return settings


def parts(settings: Mapping[str, Any]) -> Iterator[Part]:
    """Each rule's condition and what it gives."""
    for i, rule in enumerate(settings["rules"]):
        if isinstance(rule.get("when"), str):
            yield Part(path=("rules", i, "when"), form="condition", source=rule["when"])
        yield Part(path=("rules", i, "then"), form="template", source=rule.get("then"))


def evaluate(settings: Mapping[str, Any], compiled: Mapping[str, Compiled], context: Context) -> Json:
    """What the first rule that applies gives, under `hit: all` a list of what each gives.

    Raises:
        EvaluationError: a condition cannot be decided, or under `hit: first` no rule applies.

    """
    found: list[Json] = []
    for i in range(len(settings["rules"])):
        condition = compiled.get(f"rules/{i}/when")
        if isinstance(condition, Condition):
            verdict = condition.decide(context)
            if verdict.error is not None:
                raise EvaluationError(f"the condition `{condition.source}` could not be decided: {verdict.error}")
            if not verdict.value:
                continue
        found.append(rendered(compiled, f"rules/{i}/then", context))
        if settings.get("hit") != "all":
            return found[0]
    if settings.get("hit") == "all":
        return found
    raise EvaluationError("no rule applies; end the table with one without 'when'")
