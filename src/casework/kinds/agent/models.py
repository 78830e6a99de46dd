"""From the name of a model to a client for it."""

from importlib import import_module
from typing import Final
from urllib.parse import urlsplit

import httpx2
import msgspec
from openai import AsyncOpenAI
from pydantic_ai.models import Model
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from casework.core.kinds.agent import SCRIPTED

OPENAI_URL: Final = "https://api.openai.com/v1"


class ExtraMissing(Exception):
    """The installation cannot speak with a provider."""

    def __init__(self, vendor: str) -> None:
        super().__init__(f"Models of {vendor} need another package: install casework[{vendor}].")


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Whose model it is and how it is called there, as calls are recorded. An endpoint's provider is its host."""

    provider: str
    name: str

    @property
    def is_vendors(self) -> bool:
        """Whether the provider is one whose prices are known."""
        return self.provider in ("openai", "anthropic", "google")


def identity(model: str) -> Identity:
    """The identity of a model as a definition names it."""
    if model == SCRIPTED:
        return Identity(provider=SCRIPTED, name=SCRIPTED)
    if model.startswith(("http://", "https://")):
        url, _, name = model.partition("#")
        return Identity(provider=urlsplit(url).netloc.rpartition("@")[2], name=name)
    vendor, _, name = model.partition(":")
    return Identity(provider=vendor, name=name)


def connected(model: str, key: str | None, http: httpx2.AsyncClient) -> Model:
    """The client for a model that is none of ours.

    Raises:
        ExtraMissing: what speaks with its provider is not installed.

    """
    who = identity(model)
    if who.provider in ("anthropic", "google"):
        return _of_extra(who, key or "", http)
    url = OPENAI_URL if who.provider == "openai" else model.partition("#")[0]
    # Whether a request is made again is the engine's affair, which waits as long as the other end says.
    speaking = AsyncOpenAI(base_url=url, api_key=key or "none", http_client=http, max_retries=0)
    if who.provider == "openai":
        return OpenAIChatModel(who.name, provider=OpenAIProvider(openai_client=speaking))
    return OpenAIChatModel(who.name, provider=OpenAICompatibleProvider(who.provider, openai_client=speaking))


def _of_extra(who: Identity, key: str, http: httpx2.AsyncClient) -> Model:
    """The client for a vendor whose library is not installed with everything else."""
    vendor = who.provider.capitalize()
    try:
        models = import_module(f"pydantic_ai.models.{who.provider}")
        providers = import_module(f"pydantic_ai.providers.{who.provider}")
    except ImportError as error:
        raise ExtraMissing(who.provider) from error
    provider = getattr(providers, f"{vendor}Provider")(api_key=key, http_client=http)
    model: Model = getattr(models, f"{vendor}Model")(who.name, provider=provider)
    return model
