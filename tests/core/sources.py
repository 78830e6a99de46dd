"""Documents to parse, and what is wrong with them in short."""

from inspect import cleandoc

import pytest

from casework.core.errors import Invalid
from casework.core.parse import parse

WRONG_TYPE = "the type must be one of string, number, integer, boolean, object, array and null, or a list of them"

EXAMPLE = """\
casework: 1
key: support
name: Support desk
input: {type: object, required: [subject, body], properties: {subject: {type: string}, body: {type: string}}}
tasks:
  - key: classify
    name: Classify the ticket
    kind: agent
    model: scripted                  # or openai:gpt-..., anthropic:..., http://host/v1#model
    prompt: "Classify: {{ input.subject }} {{ input.body }}"     # logic-less substitution, nothing else
    output: {type: object, required: [topic, confidence], properties: {topic: {enum: [billing, fault, other]}}}
    retry: {attempts: 3, backoff: 2s, max: 60s}
    timeout: 60s
    on_error: review
    next:
      - {to: resolve, when: "output.confidence >= 0.9 && output.topic != 'billing'"}
      - {to: review}                 # first match wins; `split: all` takes every match
  - key: review
    name: Review the classification
    kind: human
    roles: [agent]                   # actor_roles
    exclude: [tasks.classify]        # four eyes: whoever did these may not do this (blacklisted_ids)
    form: {type: object, required: [topic], properties: {topic: {enum: [billing, fault, other]}, note: {type: string}}}
    due: 4h
    on_overdue: {reassign_to_roles: [lead], then: resolve}       # escalation: a default route, not only a cancel
    next: [{to: resolve}]
  - key: resolve
    kind: human
    roles: [agent]
    join: all                        # waits while another live step of the run can still reach it; SEMANTICS.md
indicators: {first_time_right: "tasks.review.output.topic == tasks.classify.output.topic"}
"""


def problems(source, media="yaml"):
    with pytest.raises(Invalid) as caught:
        parse(cleandoc(source) if isinstance(source, str) else source, media=media)
    return caught.value.problems


def told(source, media="yaml"):
    return [(problem.line, problem.path, problem.message) for problem in problems(source, media)]


def only(source, media="yaml"):
    (problem,) = problems(source, media)
    return problem.path, problem.message, problem.hint


def task(**fields):
    return {
        "casework": 1,
        "key": "w",
        "tasks": [{"key": "a", "kind": "human", **fields}, {"key": "b", "kind": "human"}],
    }


def of_task(**fields):
    """The only problem of a task `a` with these fields, beside a task `b` that it leads to."""
    value = task(**{"next": [{"to": "b"}], **fields})
    path, message, hint = only(value, "value")
    return path.removeprefix("/tasks/0"), message, hint
