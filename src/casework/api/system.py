"""What the system says of itself: whether it lives, what it counts, and the reference of its API."""

from importlib.resources import files
from typing import Final

from litestar import Router

from casework.api.metrics import MEDIA_TYPE
from casework.api.render import JSON, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.errors import NotFound, Unavailable
from casework.core.permission import ANYONE
from casework.operations.health import check, depths
from casework.operations.services import Services

_PAGES: Final = files("casework.api") / "pages"

_KINDS: Final = {
    "reference.html": "text/html",
    "reference.js": "text/javascript",
    "reference.css": "text/css",
}


@get("/livez", ANYONE, Operation(summary="Whether the process lives"))
async def livez() -> HttpResponse:
    """Answers as long as the process does; it asks nothing of the database."""
    return json_response({"status": "ok"})


@get("/readyz", ANYONE, Operation(summary="Whether requests can be served", refuses=[503]))
async def readyz(services: Services) -> HttpResponse:
    """Answers 200 where the database answers, else 503."""
    await check(services)
    return json_response({"status": "ok"})


@get("/metrics", ANYONE, Operation(summary="What is counted, for Prometheus", media_type=MEDIA_TYPE))
async def metrics(request: HttpRequest, services: Services) -> HttpResponse:
    """Requests and their latency by route, of this process; what there is to do for workers, of the whole installation.

    Where the database does not answer, what there is to do is left out.
    """
    try:
        request.app.state.metrics.show_depths(await depths(services))
    except Unavailable:
        request.app.state.metrics.show_depths([])
    return HttpResponse(request.app.state.metrics.text(), media_type=MEDIA_TYPE)


@get("/openapi.json", ANYONE, Operation(summary="This reference, for machines"))
async def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return HttpResponse(request.app.state.openapi, media_type=JSON)


@get("/docs", ANYONE, Operation(summary="This reference, for people", is_hidden=True))
async def docs() -> HttpResponse:
    """A page that shows the reference; it loads nothing from elsewhere."""
    return _page("reference.html")


@get("/docs/{name:str}", ANYONE, Operation(summary="A part of that page", is_hidden=True))
async def part(request: HttpRequest) -> HttpResponse:
    """The page's script and style."""
    return _page(request.path_params["name"])


def _page(name: str) -> HttpResponse:
    if name not in _KINDS:
        raise NotFound("There is nothing at this address.")
    return HttpResponse(
        (_PAGES / name).read_bytes(), media_type=_KINDS[name], headers={"cache-control": "public, max-age=3600"}
    )


router = Router("/", route_handlers=[livez, readyz, metrics, openapi, docs, part])
