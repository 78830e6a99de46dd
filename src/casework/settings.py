"""Everything that can be set, read from the environment (CASEWORK_...)."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data_directory() -> Path:
    """Where the embedded database lives unless it is told otherwise."""
    return Path(platformdirs.user_data_dir("casework", appauthor=False))


class Settings(BaseSettings):
    """The settings of a server process."""

    model_config = SettingsConfigDict(env_prefix="CASEWORK_", frozen=True, extra="ignore")

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
    session_idle_hours: int = Field(default=12, ge=1, description="A session unused for so long ends.")
    session_days: int = Field(default=7, ge=1, description="A session ends after so long, used or not.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="What is logged.")
    log_format: Literal["json", "console"] = Field(default="json", description="How it is logged.")
