"""A client of Casework's HTTP API: what the command line is made of, and any program may use."""

from casework.client.client import Client
from casework.client.errors import ApiError, ClientError, Unreachable
from casework.client.transport import Json, Page

__all__ = ["ApiError", "Client", "ClientError", "Json", "Page", "Unreachable"]
