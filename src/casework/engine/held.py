"""A run in the hands of a batch."""

from typing import Any

import msgspec

from casework.core.run import Run
from casework.core.step import Step
from casework.engine.catalog import Edition
from casework.store.runs import RunRow


class Held(msgspec.Struct, kw_only=True):
    """A run in the batch's hands: as it was loaded, and as the decisions so far left it.

    row: None for a run that this batch makes; fixed: what is written once, when it is made. stored: the steps that were
    loaded, with their ids, by number. is_limited: a limit holds for what workers perform of its workflow.
    """

    run: Run
    edition: Edition
    row: RunRow | None = None
    fixed: dict[str, Any] = msgspec.field(default_factory=dict)
    changed: dict[int, Step] = msgspec.field(default_factory=dict)
    stored: dict[int, tuple[int, Step]] = msgspec.field(default_factory=dict)
    is_limited: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether a decision was accepted."""
        return self.row is None or self.run.revision != self.row.revision

    @property
    def chat_id(self) -> int | None:
        """The chat that the run belongs to."""
        found: int | None = self.fixed["chat_id"] if self.row is None else self.row.chat_id
        return found
