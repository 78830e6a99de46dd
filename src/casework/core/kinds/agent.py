"""`agent`: a language model; the step's output is its answer, after as many turns with tools and people as it takes."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from casework.core.context import Context
from casework.core.definition import STARTER, Json, task_named
from casework.core.duration import parse_duration
from casework.core.kinds.agent_tools import ASK_PERSON, TOOL_FIELDS, read_tools
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.parse_field import Fields
from casework.core.parse_report import quoted

FIELDS: Final = (
    "model",
    "system",
    "prompt",
    "secret",
    "tools",
    "budget",
    "rules",
    "turns",
    "corrections",
    "approvals",
    "ask_person",
    "sensitive",
)

SCRIPTED: Final = "scripted"
"""The model that is none: it answers by the rules that the definition gives it."""

VENDORS: Final = ("openai", "anthropic", "google")

PROMPT_MAX: Final = 20_000
"""Characters of a prompt or of what the model is told of its role: some pages."""

RULES_MAX: Final = 200
CALLS_MAX: Final = 16
"""Calls of one rule of the scripted model: as many as a model makes in one turn."""

TURNS_DEFAULT: Final = 20
TURNS_MAX: Final = 200
"""Turns of a model in one step; who needs more has a loop."""

CORRECTIONS_DEFAULT: Final = 2
CORRECTIONS_MAX: Final = 10
"""Times that a model is told what is wrong with its answer."""

TOKENS_MAX: Final = 10**9
MONEY_MAX: Final = 10**6
SECONDS_MAX: Final = 7 * 24 * 3600

_VENDOR_MODEL: Final = re.compile(rf"(?:{'|'.join(VENDORS)}):[A-Za-z0-9][A-Za-z0-9._:/-]{{0,199}}")
_ENDPOINT: Final = re.compile(r"https?://[^\s#]{1,1000}#[^\s#]{1,200}")
_SECRET: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a step may spend; None is as much as it likes. cost: in the currency of the workspace's prices."""

    tokens: int | None = None
    cost: Decimal | None = None
    calls: int | None = None
    seconds: int | None = None
    on_exceeded: Literal["fail", "person"] = "fail"


class RunBudget(msgspec.Struct, frozen=True, kw_only=True):
    """What all agents of a run may spend together."""

    tokens: int | None = None
    cost: Decimal | None = None
    calls: int | None = None


class Asking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is asked: anybody of the project where no role is named.

    within: how long it is waited for an answer; None is as long as it takes. exclude: whoever completed one of these
    tasks is not asked, nor whoever started the run, where that is named (STARTER).
    """

    roles: tuple[str, ...] = ()
    within: str | None = None
    exclude: tuple[str, ...] = ()

    @property
    def seconds(self) -> int | None:
        """How long it is waited, in seconds."""
        return None if self.within is None else parse_duration(self.within)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The keys in `exclude`, and STARTER."""
        return tuple(task_named(name) for name in self.exclude)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a task of this kind, with every default filled in. ask_person: None where it may not ask."""

    model: str
    system: str = ""
    secret: str | None = None
    budget: Budget = Budget()
    turns: int = TURNS_DEFAULT
    corrections: int = CORRECTIONS_DEFAULT
    approvals: Asking = Asking()
    ask_person: Asking | None = None
    sensitive: Literal["hide", "allow"] = "hide"


def is_shown_sensitive(settings: Mapping[str, Any]) -> bool:
    """Whether the task's prompt, tools and rules may say what is marked sensitive; it is hidden from them otherwise."""
    return settings.get("sensitive") == "allow"


def settled(settings: Mapping[str, Any]) -> Settings:
    """The settings of a definition that `parse` accepted."""
    return msgspec.convert(settings, Settings)


def read(fields: Fields) -> dict[str, Json]:
    """Every setting as it is written, once it is checked."""
    _read_model(fields)
    _read_prompts(fields)
    fields.integer("turns", 1, TURNS_MAX)
    fields.integer("corrections", 0, CORRECTIONS_MAX)
    for name, known in (("approvals", ("roles", "within", "exclude")), ("ask_person", ("roles", "within"))):
        asking = fields.inner(name, known)
        if asking is not None:
            asking.texts("roles", 100, 200)
            asking.duration("within")
            asking.texts("exclude", 100, 200)
    fields.choice("sensitive", ("hide", "allow"))
    _read_budget(fields)
    tools = read_tools(fields)
    _read_rules(fields, (*tools, ASK_PERSON) if fields.get("ask_person") is not None else tools)
    _read_output(fields)
    return {name: fields.get(name) for name in FIELDS if fields.get(name) is not None}


def _read_model(fields: Fields) -> None:
    model = fields.text("model", 1_300)
    is_vendors = _VENDOR_MODEL.fullmatch(model) is not None
    if not model:
        fields.wrong("model", "the task does not name its 'model'", "write it like model: openai:gpt-4.1-mini")
    elif model != SCRIPTED and not is_vendors and not _ENDPOINT.fullmatch(model):
        hint = "write scripted, openai:NAME, anthropic:NAME, google:NAME, or https://host/v1#NAME"
        fields.wrong("model", f"{quoted(model)} is no model", hint)
    secret = fields.text("secret", 100)
    if secret and not _SECRET.fullmatch(secret):
        fields.wrong("secret", "'secret' is the name of a secret of the workspace")
    elif is_vendors and not secret:
        hint = "keep the key as a secret of the workspace, and name it here"
        fields.wrong("secret", "the model's provider wants a key", hint)


def _read_prompts(fields: Fields) -> None:
    if not fields.text("prompt", PROMPT_MAX):
        fields.wrong("prompt", "the task has no 'prompt'", 'write it like prompt: "Classify: {{ input.subject }}"')
    system = fields.text("system", PROMPT_MAX)
    if "{{" in system or system.startswith("="):
        # Whoever writes data could otherwise give the model its orders.
        fields.wrong("system", "'system' holds no data", "data belongs in 'prompt'")


def read_run_budget(fields: Fields) -> Json:
    """`budget` of a workflow: what all agents of one run may spend together."""
    budget = fields.inner("budget", ("tokens", "cost", "calls"))
    if budget is not None:
        _check_amounts(budget)
    return fields.get("budget")


def _read_budget(fields: Fields) -> None:
    budget = fields.inner("budget", ("tokens", "cost", "calls", "seconds", "on_exceeded"))
    if budget is not None:
        _check_amounts(budget)
        budget.integer("seconds", 1, SECONDS_MAX)
        budget.choice("on_exceeded", ("fail", "person"))


def _check_amounts(budget: Fields) -> None:
    budget.integer("tokens", 1, TOKENS_MAX)
    budget.integer("calls", 1, TOKENS_MAX)
    cost = budget.get("cost")
    if cost is not None and (isinstance(cost, bool) or not isinstance(cost, int | float) or not 0 < cost <= MONEY_MAX):
        budget.wrong("cost", f"'cost' must be a number above 0, and at most {MONEY_MAX:,}")


def _read_rules(fields: Fields, tools: tuple[str, ...]) -> None:
    """`rules`: a list of {contains, answer} or {contains, calls: [{tool, arguments}]}."""
    if fields.get("rules") is None:
        return
    if fields.get("model") != SCRIPTED:
        fields.wrong("rules", "only the scripted model goes by rules", f"write model: {SCRIPTED}, or leave them out")
    for rule in fields.maps("rules", ("contains", "answer", "calls"), RULES_MAX):
        rule.text("contains", 1_000)
        if (rule.get("answer") is None) == (rule.get("calls") is None):
            rule.report.add(rule.path, "a rule has either an 'answer' or 'calls'")
        elif rule.get("calls") is not None:
            for call in rule.maps("calls", ("tool", "arguments"), CALLS_MAX):
                call.map("arguments")
                if call.get("tool") not in tools:
                    call.wrong("tool", f"the task has no tool {quoted(call.get('tool'))}")


def _read_output(fields: Fields) -> None:
    """Models answer with named values, so that is what they are asked for."""
    output = fields.get("output")
    if isinstance(output, dict) and output.get("type") != "object":
        fields.wrong("output", "an agent's output is an object", "write {type: object, properties: {...}}")


def parts(settings: Mapping[str, Any]) -> Iterator[Part]:
    """The prompt, what the scripted model gives, and where the tools lead."""
    yield Part(path=("prompt",), form="template", source=settings.get("prompt", ""))
    for i, rule in enumerate(_maps(settings, "rules")):
        for name in ("answer", "calls"):
            if name in rule:
                yield Part(path=("rules", i, name), form="template", source=rule[name])
    for i, tool in enumerate(_maps(settings, "tools")):
        for name in TOOL_FIELDS:
            if name in tool:
                yield Part(path=("tools", i, name), form="template", source=tool[name])
        if isinstance(tool.get("approve"), str) and tool["approve"].startswith("="):
            yield Part(path=("tools", i, "approve"), form="approval", source=tool["approve"][1:])


def references(settings: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The tasks whose people may not approve."""
    approvals = settings.get("approvals")
    names = approvals.get("exclude") if isinstance(approvals, dict) else None
    for i, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str) and name != STARTER:
            yield ("approvals", "exclude", i), task_named(name)


def evaluate(settings: Mapping[str, Any], compiled: Mapping[str, Compiled], context: Context) -> Json:
    """The prompt, and every rule and tool with what is evaluated of it, but for the secrets."""
    given: dict[str, Json] = {"prompt": rendered(compiled, "prompt", context)}
    for kind in ("rules", "tools"):
        entries = _maps(settings, kind)
        if entries:
            given[kind] = [
                {
                    name: rendered(compiled, f"{kind}/{i}/{name}", context)
                    if name != "approve" and f"{kind}/{i}/{name}" in compiled
                    else value
                    for name, value in entry.items()
                }
                for i, entry in enumerate(entries)
            ]
    return given


def _maps(settings: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The maps of a list; what is none was reported where it was read."""
    entries = settings.get(name)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
