"""What pages are run against."""

from tests.cli.conftest import desk

__all__ = ["desk"]
