"""A page of a list, as this surface answers it."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from casework.api.parameters import PAGE, PAGE_SIZE
from casework.api.routes import HttpRequest

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True, rename="camel"):
    """A page of a list: its items, and how many there are on all pages together."""

    items: list[T]
    total: int
    page: int
    page_size: int


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The page that a request asks for."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        """How many items stand before it."""
        return (self.page - 1) * self.size

    def of(self, items: Sequence[Any], total: int) -> Page[Any]:
        """The answer."""
        return Page(items=list(items), total=total, page=self.page, page_size=self.size)


def asked(request: HttpRequest) -> Asked:
    """The page that the request asks for."""
    return Asked(page=PAGE.read(request), size=PAGE_SIZE.read(request))
