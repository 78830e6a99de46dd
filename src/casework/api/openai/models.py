"""Models: the workflows that the caller may use."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from casework.api.parameters import Parameter
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.permission import MEMBER, Grant, workflow
from casework.operations import completions
from casework.operations.services import Services
from casework.operations.workflows import Workflow

MODEL: Final = Parameter(name="model", where="path", description="The workflow's key, or its UUID.")


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow as a model: its id is the workflow's key, its owner the workspace."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str


class Models(msgspec.Struct, frozen=True, kw_only=True):
    """Models."""

    object: Literal["list"] = "list"
    data: list[Model]


_EXAMPLE: Final = Model(id="support", created=1707048000, owned_by="Support")


@get("/models", MEMBER, Operation(summary="List models", answer=Models, answer_example=Models(data=[_EXAMPLE])))
async def list_models(services: Services, grant: Grant) -> HttpResponse:
    """The workflows that the caller may use, the newest first."""
    found = await completions.models(services, grant)
    return json_response(Models(data=[_model(one, grant) for one in found]))


@get(
    "/models/{model:str}",
    workflow("use"),
    Operation(summary="Read a model", query=[], answer=Model, answer_example=_EXAMPLE, refuses=[404]),
)
async def read_model(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """A workflow that the caller may use, by its key or UUID."""
    return json_response(_model(await completions.find(services, grant, request.path_params["model"]), grant))


def _model(found: Workflow, grant: Grant) -> Model:
    return Model(id=found.key, created=seconds(found.created_at), owned_by=grant.principal.workspace_name)


def seconds(at: datetime) -> int:
    """The instant as OpenAI's API writes it: whole seconds since 1970."""
    return int(at.timestamp())


handlers: Final = [list_models, read_model]
