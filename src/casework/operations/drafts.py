"""From the text of a definition to what can be published.

Reading one can take seconds: a document of a megabyte holds thousands of expressions to check. It is done one at a time
in a thread beside the event loop, so that everybody else is still answered.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Literal, TypeVar

import msgspec

from casework.core.definition import Definition
from casework.core.errors import Denied
from casework.core.parse import parse, to_yaml
from casework.core.permission import Grant
from casework.core.version import Version, compile_version
from casework.store import access
from casework.store.database import Connection
from casework.store.versions import Draft, draft, read

_T = TypeVar("_T")

_THREAD: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="definitions")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a definition, as it was sent."""

    text: bytes
    media: Literal["yaml", "json"]


async def require_author(connection: Connection, grant: Grant) -> None:
    """Denied where there is no workflow that the caller may edit, nor may it make one."""
    if not await access.may_author(connection, grant):
        raise Denied('This needs the scope workflows:write, or the permission "edit" on a workflow.')


async def drafted(source: Source) -> Draft:
    """The definition that the text stands for, ready to be published.

    Raises:
        Invalid: with every problem of the text.

    """
    return await beside(lambda: draft(parse(source.text, media=source.media)))


async def checked(source: Source) -> Definition:
    """The definition that the text stands for; errors as `drafted`."""
    return await beside(lambda: parse(source.text, media=source.media))


async def compiled(source: Source) -> Version:
    """The version that could be published; errors as `drafted`."""
    return await beside(lambda: compile_version(parse(source.text, media=source.media)))


async def as_yaml(document: dict[str, object]) -> str:
    """A kept document as YAML."""
    return await beside(lambda: to_yaml(read(document)))


async def beside(work: Callable[[], _T]) -> _T:
    """What `work` gives, which may take long; only one such at a time."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, work)
