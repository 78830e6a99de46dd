"""The web app: the files that the build has put into the package, and one page for every address of the app."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from litestar import Router

from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.errors import NotFound
from casework.core.permission import ANYONE

_BUILT: Final = Path(__file__).parent.parent / "web"
_PAGE: Final = "index.html"

_KINDS: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}

_FOREVER: Final = "public, max-age=31536000, immutable"
"""For files whose name holds a hash of what is in them: another content has another name."""

_ASK_EACH_TIME: Final = "no-cache"
"""For the page: it names the newest files, so it is asked for again, and mostly found unchanged by its tag."""

_NOT_BUILT: Final = (
    "This installation came without the web app. In a checkout, `python hatch_build.py` builds it; a released package "
    "carries it. The API is described at /docs."
)


class File(msgspec.Struct, frozen=True):
    """A file of the app; `compressed` is the same by gzip, where the build made that."""

    body: bytes
    compressed: bytes | None
    media_type: str
    tag: str


async def page(request: HttpRequest) -> HttpResponse:
    """The one page of the app; which screen it shows is the app's own matter, and not told apart here."""
    if not (_BUILT / _PAGE).is_file():
        return HttpResponse(_NOT_BUILT, media_type="text/plain", headers={"cache-control": "no-store"})
    return _answer(request, _file(_BUILT / _PAGE), _ASK_EACH_TIME)


@get("/assets/{name:str}", ANYONE, Operation(summary="A file of the web app", is_hidden=True))
async def asset(request: HttpRequest) -> HttpResponse:
    """A script, style, font or picture."""
    found = _assets().get(request.path_params["name"])
    if found is None:
        raise NotFound("There is nothing at this address.")
    return _answer(request, _file(found), _FOREVER)


def _answer(request: HttpRequest, file: File, cache_control: str) -> HttpResponse:
    headers = {"etag": file.tag, "cache-control": cache_control, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.tag:
        return HttpResponse(None, status_code=304, headers=headers)
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return HttpResponse(
            file.compressed, media_type=file.media_type, headers={**headers, "content-encoding": "gzip"}
        )
    return HttpResponse(file.body, media_type=file.media_type, headers=headers)


@cache
def _assets() -> Mapping[str, Path]:
    """The files by their names: only what is listed here is ever opened."""
    directory = _BUILT / "assets"
    return {one.name: one for one in directory.iterdir()} if directory.is_dir() else {}


@cache
def _file(place: Path) -> File:
    """Read once a process; there are as many as the build made."""
    body = place.read_bytes()
    packed = place.with_name(f"{place.name}.gz")
    return File(
        body=body,
        compressed=packed.read_bytes() if packed.is_file() else None,
        media_type=_KINDS.get(place.suffix, "application/octet-stream"),
        tag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    )


_PAGES: Final = ("/", "/sign-in", "/sign-up", "/welcome", "/w/{rest:path}")
"""The addresses of the app. Whatever a workspace's screens are called, they are below `/w`."""

_pages = [get(path, ANYONE, Operation(summary="The web app", is_hidden=True))(page) for path in _PAGES]

router = Router("/", route_handlers=[*_pages, asset])
