"""Finds the functions of an installation: by entry points, and in the modules that a worker is told of."""

import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from casework.core.errors import Invalid
from casework.functions import ENTRY_POINTS, Registry, registry
from casework.kinds.function.signature import signatures


def discover(apps: Sequence[str] = ()) -> Registry:
    """Load what registers functions: every entry point of the group, and the apps, `module` or `module:attribute`.

    Raises:
        Invalid: one of them cannot be loaded, or a function not be used; the message says which, and why.

    """
    for point in entry_points(group=ENTRY_POINTS):
        _load(point.value)
    here = str(Path.cwd())
    if apps and here not in sys.path:  # a project is run from its own directory, as with every Python server
        sys.path.insert(0, here)
    for app in apps:
        _load(app)
    try:
        signatures(registry)
    except TypeError as error:
        raise Invalid(str(error)) from error
    return registry


def _load(app: str) -> None:
    """Import a module; an attribute that it names is called where it can be, and registers."""
    module_name, _, attribute = app.partition(":")
    try:
        found = importlib.import_module(module_name)
        for part in filter(None, attribute.split(".")):
            found = getattr(found, part)
        if attribute and callable(found) and found not in registry.values():
            found()
    except Exception as error:
        why = str(error).removesuffix(".")
        raise Invalid(f"The functions of {app} cannot be loaded: {type(error).__name__}: {why}.") from error
