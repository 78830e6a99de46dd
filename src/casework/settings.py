"""Everything that can be set, read from the environment (CASEWORK_...)."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casework.egress.policy import Places
from casework.keyring import Keyring


def default_data_directory() -> Path:
    """Where the embedded database lives unless it is told otherwise."""
    return Path(platformdirs.user_data_dir("casework", appauthor=False))


class Settings(BaseSettings):
    """The settings of a server process."""

    model_config = SettingsConfigDict(env_prefix="CASEWORK_", frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: str | None = Field(
        default=None, description="A PostgreSQL server, 15 or newer; none: the embedded one."
    )
    data: Path = Field(default_factory=default_data_directory, description="The directory of the embedded database.")
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that serve requests.")
    pool_size: int = Field(default=12, ge=2, le=100, description="Database connections a process.")
    sign_up: Literal["open", "closed"] = Field(default="open", description="Whether strangers may make accounts.")
    password_form: Literal["on", "off"] = Field(
        default="on", description="Whether POST /token gives bearer tokens for a password."
    )
    secure_cookies: bool = Field(
        default=False, description="Cookies for https alone, with the __Host- prefix; set it behind TLS."
    )
    mcp_hosts: str = Field(
        default="",
        description="The names under which agents may reach /mcp, with commas; none: of a server that listens on "
        "this machine alone the machine's own, else any.",
    )
    session_idle_hours: int = Field(default=12, ge=1, description="A session unused for so long ends.")
    session_days: int = Field(default=7, ge=1, description="A session ends after so long, used or not.")
    secret_key: str | None = Field(
        default=None,
        repr=False,
        description="Keys that secrets are kept with, apart by commas: the first seals, all open. `casework secrets "
        "key` makes one. None: a file in the data directory; beside a database server, secrets are refused.",
    )
    secret_key_file: Path | None = Field(default=None, description="A file with these keys, instead.")
    egress_allow: str = Field(
        default="",
        description="Hosts, addresses and networks (CIDR), apart by commas, that may be called although they are "
        "private.",
    )
    egress_deny: str = Field(default="", description="Hosts, addresses and networks that are never called.")
    worker_concurrency: int = Field(
        default=32, ge=2, le=1000, description="Steps that a worker performs at once; most wait for somebody's answer."
    )
    lease_seconds: float = Field(
        default=30, ge=1, le=3600, description="A worker that has not been heard of for so long is taken to be dead."
    )
    app: str = Field(
        default="",
        description="Modules, apart by commas, whose functions workers call: `module` or `module:attribute`.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged.")
    log_format: Literal["json", "console"] = Field(default="json", description="How it is logged.")

    @property
    def apps(self) -> list[str]:
        """The modules of `app`."""
        return [name for name in self.app.replace(",", " ").split() if name]

    @field_validator("secret_key")
    @classmethod
    def _refuse_no_keys(cls, text: str | None) -> str | None:
        if text is not None:
            Keyring.parse(text)
        return text

    @field_validator("egress_allow", "egress_deny")
    @classmethod
    def _refuse_no_places(cls, text: str) -> str:
        Places.parse(text)
        return text
