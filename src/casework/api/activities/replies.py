"""Answers of this surface: documents with their tag."""

from typing import Any, TypeVar

from casework.api.activities.listing import Asked
from casework.api.activities.resources import Fields, Resource, included
from casework.api.conditional import etag
from casework.api.render import JSON_API, json_response
from casework.api.routes import HttpResponse
from casework.operations.reading import Page

Row = TypeVar("Row")


def page_reply(resource: Resource[Row], page: Page[Row], asked: Asked) -> HttpResponse:
    """The rows of a page; `meta.count` where it was asked for."""
    body: dict[str, Any] = {"data": [resource.render(row, asked.fields) for row in page.rows]}
    if asked.is_included:
        body["included"] = included(page.related, asked.fields)
    body["meta"] = {} if page.count is None else {"count": page.count}
    return json_response(body, media_type=JSON_API)


def row_reply(resource: Resource[Row], page: Page[Row], asked: Asked, *, revision: int) -> HttpResponse:
    """The only row of a page, tagged with its revision."""
    (row,) = page.rows
    body: dict[str, Any] = {"data": resource.render(row, asked.fields)}
    if asked.is_included:
        body["included"] = included(page.related, asked.fields)
    return json_response(body, headers={"etag": etag(revision)}, media_type=JSON_API)


def plain_reply(resource: Resource[Row], row: Row, fields: Fields) -> HttpResponse:
    """A row that cannot be changed, and so bears no tag."""
    return json_response({"data": resource.render(row, fields)}, media_type=JSON_API)
