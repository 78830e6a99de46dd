"""Casework: durable workflows in which people, AI agents and automation share the work."""

from typing import Final

__version__: Final = "0.1.0"
