"""`casework backup` and `casework restore`: the whole database as one file, and back."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from casework.cli import output
from casework.cli.options import AsJson, Data, DatabaseUrl

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file of the backup.", show_default=False)]


def backup(file: File, *, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Write the whole database to a new file, as it is at one instant; may run beside a server.

    The server's key is not in it: keep that elsewhere, for without it no secret opens.
    """
    from casework.cli import local
    from casework.store import dump

    settings = local.settings_of(data=data, database_url=database_url)
    with local.current_database_url(settings) as url:
        if not as_json:
            output.say(f"Writing the database to {file} ...")
        size = dump.dump(url, file)
    if as_json:
        output.print_json({"file": str(file), "bytes": size})
    else:
        output.print_line(f"{file} has {size:,} bytes.")


def restore(file: File, *, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Fill an empty database from a backup, all of it or nothing, and bring it up to the newest schema.

    Without --database-url it is a new one in the data directory.
    """
    from casework.cli import local
    from casework.store import dump

    settings = local.settings_of(data=data, database_url=database_url)
    with local.database_url(settings) as url:
        if not as_json:
            output.say(f"Reading {file} ...")
        asyncio.run(dump.restore(url, file))
        is_changed = asyncio.run(local.prepare(url))
    if as_json:
        output.print_json({"file": str(file), "migrated": is_changed})
    else:
        output.print_line("Restored. `casework doctor` examines it; `casework up` serves it.")
