"""Casework: durable workflows in which people, AI agents and automation share the work."""

from typing import Final

from casework import functions
from casework.functions import Context, Refuse, Retry
from casework.functions import register as function

__version__: Final = "0.1.0"

__all__: Final = ["Context", "Refuse", "Retry", "__version__", "function", "functions"]
