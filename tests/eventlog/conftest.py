"""Where the real logs are, and how a log is written to a file."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest

DATA_VARIABLE = "CASEWORK_TEST_DATA"


def data_folder() -> Path | None:
    named = os.environ.get(DATA_VARIABLE)  # noqa: TID251 - tests have no settings
    if named:
        return Path(named)
    beside = (folder.parent / "shared" / "data" for folder in Path(__file__).resolve().parents)
    return next((folder for folder in beside if folder.is_dir()), None)


@pytest.fixture(params=["helpdesk", "receipt"])
def real_log(request) -> Path:
    """A published log; the test is skipped, and says so, where it is not there."""
    folder = data_folder()
    path = None if folder is None else folder / f"{request.param}.xes.gz"
    if path is None or not path.is_file():
        pytest.skip(f"NOT TESTED on a real log: there is no {request.param}.xes.gz; set {DATA_VARIABLE} to its folder")
    return path


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """Write bytes to a file of the test's own."""

    def write_file(content: bytes, name: str = "log", *, packed: bool = False) -> Path:
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if packed else content)
        return path

    return write_file
