"""How much a browser loads before anything shows, by the build's own manifest."""

import json
from pathlib import Path

import casework

BUILT = Path(casework.__file__).parent / "web"
FIRST_BYTES_MAX = 250_000
ROUTE_BYTES_MAX = 200_000
LANGUAGE = "src/locales/"


def test_the_first_load_and_every_route_keep_within_their_budgets():
    manifest = json.loads((BUILT / ".vite" / "manifest.json").read_text())
    entry = next(name for name, one in manifest.items() if one.get("isEntry"))
    first = _files(manifest, entry) | {"index.html"}
    assert _bytes(first) <= FIRST_BYTES_MAX
    routes = {name: one for name, one in manifest.items() if one.get("isDynamicEntry") and LANGUAGE not in name}
    assert len(routes) >= 4
    for name in routes:
        assert _bytes(_files(manifest, name) - first) <= ROUTE_BYTES_MAX, name


def _files(manifest, name, seen=None):
    seen = set() if seen is None else seen
    if name in seen:
        return set()
    seen.add(name)
    one = manifest[name]
    below = [_files(manifest, other, seen) for other in one.get("imports", ())]
    return {one["file"], *one.get("css", ())}.union(*below)


def _bytes(names):
    return sum((BUILT / f"{name}.gz").stat().st_size for name in names)
