"""What commands that read show: a page of a list, or one thing with its parts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from casework.cli import output
from casework.cli.output import Column

if TYPE_CHECKING:
    from casework.client import Page


def show_page(found: "Page", columns: Sequence[Column], *, as_json: bool) -> None:
    """Print a page of a list; people are told where there is more."""
    if as_json:
        output.print_json({"items": found.items, "total": found.total})
        return
    output.print_rows(found.items, columns)
    if found.total is not None and found.total > len(found.items):
        output.say(f"{len(found.items)} of {found.total}; --page and --size show others.")


def show_one(found: Mapping[str, Any], *, as_json: bool, parts: Mapping[str, Sequence[Column]] | None = None) -> None:
    """Print one thing; for people, the lists among its fields that `parts` names as tables after it."""
    if as_json:
        output.print_json(found)
        return
    parts = parts or {}
    output.print_fields({name: value for name, value in found.items() if name not in parts})
    for name, columns in parts.items():
        output.print_line(f"\n{name}")
        output.print_rows(found[name], columns)
