"""The surface for clients of OpenAI's API: `/v1`, where a workflow is a model."""

from litestar import Router

from casework.api.openai import completions, models

router = Router("/v1", route_handlers=[*models.handlers, *completions.handlers])
