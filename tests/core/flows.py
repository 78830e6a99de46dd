"""Tasks that wait, call other workflows, and undo each other, in few words."""

from casework.core.command import ChildEnded, ChildMade, ChildRefused, Look, Take
from casework.core.definition import Task
from tests.core.cases import way


def auto(key, kind, *ways, **fields):
    """A task of a kind with settings of its own; what a Task has no field for is one."""
    names = set(Task.__struct_fields__)
    own = {name: value for name, value in fields.items() if name in names}
    settings = {name.rstrip("_"): value for name, value in fields.items() if name not in names}
    ways = tuple(way(one) if isinstance(one, str) else one for one in ways)
    return Task(key=key, name=key.capitalize(), kind=kind, next=ways, settings=settings, **own)


def wait(key, *ways, **fields):
    return auto(key, "wait", *ways, **fields)


def call(key, *ways, **fields):
    return auto(key, "subworkflow", *ways, workflow="child", **fields)


def noted(key, **fields):
    """A task that is done at once, with what it is given as its output."""
    return auto(key, "set", values={"of": "=item"}, **fields)


def take(case, task, payload=None, **fields):
    """Tell a step that its event has come; the types of the events that follow."""
    values = {"signal": 5, "name": "order.paid", "correlation": "42"} | fields
    return case.do(Take(step=case.step(task).number, payload=payload, **values))


def look(case, task):
    return case.do(Look(step=case.step(task).number))


def made(case, task, **fields):
    step = case.step(task)
    return case.do(ChildMade(**{"step": step.number, "child": step.child_uuid, "run_id": 77} | fields))


def refused(case, task, message="There is no workflow child."):
    step = case.step(task)
    return case.do(ChildRefused(step=step.number, child=step.child_uuid, message=message))


def ended(case, task, state="completed", **fields):
    step = case.step(task)
    values = {"step": step.number, "child": step.child_uuid, "run_id": 77, "state": state}
    return case.do(ChildEnded(**values | fields))
