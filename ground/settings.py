"""Every setting of the project, read from the environment and `.env`, once."""

import ipaddress
import os
import re
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from zoneinfo import available_timezones

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from ground import configuration, private, servers
from ground.configuration import Configuration
from ground.database import ENCRYPTED_MODES, Connection, Database, SslMode, is_loopback
from ground.failures import Side, Source, WarehouseSide
from ground.project import PROJECT_ROOT as PROJECT_ROOT
from ground.project import RELEASE as RELEASE

ENV_FILE = PROJECT_ROOT / ".env"
GREATEST_ID = 2**31 - 1
SERVED = {
    "source_db_view": "vw_conversations_analytics_final",
    "local_db_table": "conversas_analytics",
}
LATE_AFTER = timedelta(hours=26)  # a load comes once a day, and takes its time


# In DATA_DIR, beside the embedded servers.
PRIVATE_FOLDERS = ("load", "logs", "backups", "exports")


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message has one line per setting."""


class Settings(BaseSettings):
    """The settings; names are those of the variables, described in `.env.example`."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE, env_ignore_empty=True, extra="forbid"
    )

    source_db_host: str | None = None
    source_db_port: int = Field(default=5432, ge=1, le=65535)
    source_db_name: str | None = None
    source_db_user: str | None = None
    source_db_password: SecretStr | None = None
    source_db_sslmode: SslMode | None = None
    source_db_sslrootcert: str | None = None
    source_db_owner_user: str | None = None
    source_db_owner_password: SecretStr | None = None
    source_account_ids: str | None = None
    # Names that installations of before have in their .env; there is one of each.
    source_db_view: str | None = None
    local_db_table: str | None = None

    local_db_host: str | None = None
    local_db_port: int = Field(default=5432, ge=1, le=65535)
    local_db_name: str | None = None
    local_db_user: str | None = None
    local_db_password: SecretStr | None = None
    local_db_sslmode: SslMode | None = None
    local_db_sslrootcert: str | None = None

    dashboard_db_user: str = servers.DASHBOARD_USER
    dashboard_db_password: SecretStr | None = None
    dashboard_access_file: Path = Field(
        default=Path(".streamlit/secrets.toml"), validate_default=True
    )

    allow_unencrypted_connections: bool = False
    business_timezone: str = "America/Sao_Paulo"
    load_batch_size: int = Field(default=10_000, ge=1)
    load_pause_seconds: float = Field(default=0, ge=0, allow_inf_nan=False)
    load_statement_timeout_seconds: int = Field(default=300, ge=1)
    reconcile_every_days: int = Field(default=7, ge=0)
    backup_every_days: int = Field(default=1, ge=0)
    backups_kept: int = Field(default=7, ge=1)
    backup_dir: Path | None = None
    data_dir: Path = Field(default=Path(".data"), validate_default=True)
    config_dir: Path = Field(default=Path("config"), validate_default=True)
    demo_conversations: int = Field(default=4_000, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _trimmed(cls, values: Any) -> Any:
        """Take away spaces around values; one of spaces alone is none."""
        if not isinstance(values, dict):
            return values
        trimmed = {
            name: value.strip(None if "password" not in name else "\r\n")
            if isinstance(value, str)
            else value
            for name, value in values.items()
        }
        return {name: value for name, value in trimmed.items() if value != ""}

    @field_validator("source_db_view", "local_db_table")
    @classmethod
    def _is_ours(cls, text: str | None, info: ValidationInfo) -> str | None:
        name = SERVED[info.field_name or ""]
        if text is not None and text.removeprefix("public.") != name:
            raise ValueError(f"it can only be {name}; leave it out")
        return text

    @field_validator("business_timezone")
    @classmethod
    def _is_a_timezone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such time zone; an example: America/Sao_Paulo")
        return name

    @field_validator("source_account_ids")
    @classmethod
    def _are_accounts(cls, text: str | None) -> str | None:
        ids = [] if text is None else [each.strip() for each in text.split(",")]
        if not all(
            re.fullmatch(r"[0-9]{1,10}", each) and 0 < int(each) <= GREATEST_ID
            for each in ids
        ):
            raise ValueError(
                "give the numbers of Chatwoot's accounts with commas between them,"
                " such as 1 or 1,77"
            )
        return text

    @field_validator("source_db_host", "local_db_host")
    @classmethod
    def _is_a_host(cls, host: str | None) -> str | None:
        # Whatever is told of it later would tell a password that stands in it, too.
        if host is not None and not is_host(host):
            raise ValueError(
                "give the name of the host alone, such as db.example.com: port, "
                "database, user and password have settings of their own"
            )
        return host

    @field_validator("data_dir", "config_dir", "backup_dir", "dashboard_access_file")
    @classmethod
    def _below_the_project(cls, folder: Path | None) -> Path | None:
        return None if folder is None else PROJECT_ROOT / folder.expanduser()

    @model_validator(mode="after")
    def _servers_are_complete_and_encrypted(self) -> Self:
        problems = []
        for prefix in ("source_db", "local_db"):
            values = self._login(prefix)
            if prefix == "source_db" and self.source_db_owner_user is not None:
                # The owner of the views needs no reader.
                logins = ("user", "password")
                if not any(values[key] for key in logins):
                    values = {k: v for k, v in values.items() if k not in logins}
            if not any(values.values()):
                continue
            problems += [
                f"{prefix}_{key}".upper() + ": missing"
                for key, value in values.items()
                if value is None
            ]
            sslmode = getattr(self, f"{prefix}_sslmode")
            if (
                values["host"] is not None
                and not is_loopback(values["host"])
                and sslmode is not None
                and sslmode not in ENCRYPTED_MODES
                and not self.allow_unencrypted_connections
            ):
                problems.append(
                    f"{prefix.upper()}_SSLMODE: {sslmode} would send passwords and "
                    "messages unencrypted; use require or verify-full, or set "
                    "ALLOW_UNENCRYPTED_CONNECTIONS=true"
                )
        if (self.local_db_host or "").startswith("/"):
            problems.append(
                "LOCAL_DB_HOST: dlt cannot use a socket; name a host, such as 127.0.0.1"
            )
        if self.local_db_host is not None and self.dashboard_db_password is None:
            problems.append("DASHBOARD_DB_PASSWORD: missing")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _login(self, prefix: str) -> dict[str, Any]:
        return {
            key: getattr(self, f"{prefix}_{key}")
            for key in ("host", "name", "user", "password")
        }

    @property
    def has_demo_source(self) -> bool:
        """Whether the demo Chatwoot stands in for a real one."""
        return self.source_db_host is None

    @property
    def has_embedded_warehouse(self) -> bool:
        """Whether the warehouse is an embedded server."""
        return self.local_db_host is None

    @cached_property
    def source(self) -> Database:
        """The Chatwoot database, as the read-only role; starts the demo's server."""
        if self.has_demo_source:
            return Source(servers.start_source(self.data_dir).reader)
        if self.source_db_user is None or self.source_db_password is None:
            raise ConfigurationError(
                "SOURCE_DB_USER, SOURCE_DB_PASSWORD: missing; the role that reads the"
                " views (sql_remote_views/README.md)"
            )
        return self._configured(
            "source_db", Source, self.source_db_user, self.source_db_password
        )

    @cached_property
    def source_owner(self) -> Database:
        """The Chatwoot database, as the role that may create views.

        Raises ConfigurationError if a real server's owner is not configured.
        """
        if self.has_demo_source:
            return Source(servers.start_source(self.data_dir).owner)
        if self.source_db_owner_user is None or self.source_db_owner_password is None:
            raise ConfigurationError(
                "SOURCE_DB_OWNER_USER, SOURCE_DB_OWNER_PASSWORD: missing; needed to "
                "deploy the views, and for nothing else"
            )
        return self._configured(
            "source_db",
            Source,
            self.source_db_owner_user,
            self.source_db_owner_password,
        )

    @cached_property
    def warehouse(self) -> Database:
        """The warehouse, as its owner; starts the embedded server."""
        if self.has_embedded_warehouse:
            return WarehouseSide(servers.start_warehouse(self.data_dir).owner)
        return self._configured(
            "local_db",
            WarehouseSide,
            self.local_db_user or "",
            self.local_db_password or SecretStr(""),
        )

    @cached_property
    def dashboard(self) -> Database:
        """The warehouse, as the role that reads `marts` and nothing else."""
        if self.has_embedded_warehouse:
            return WarehouseSide(servers.start_warehouse(self.data_dir).reader)
        password = self.dashboard_db_password or SecretStr("")
        return self.warehouse.as_user(
            self.dashboard_db_user, password.get_secret_value()
        )

    @property
    def configuration(self) -> Configuration:
        """What the files of the configuration say. Raises configuration.FilesError."""
        return configuration.read(self.config_dir, self.has_demo_source)

    @property
    def account_ids(self) -> tuple[int, ...]:
        """The accounts to load, if SOURCE_ACCOUNT_IDS or accounts.csv names some.

        Raises configuration.FilesError where both do, and not the same.
        """
        named = {
            int(each)
            for each in (self.source_account_ids or "").split(",")
            if each.strip()
        }
        listed = {
            int(id_) for id_ in self.configuration.column("accounts", "account_id")
        }
        if named and listed and named != listed:
            raise configuration.FilesError(
                f"{self.config_dir.name}/accounts.csv and SOURCE_ACCOUNT_IDS name"
                " different accounts: keep one of the two"
            )
        return tuple(sorted(named or listed))

    @property
    def ai_users(self) -> list[str]:
        """User ids or e-mails of AI agents that write with a user's token."""
        return self.configuration.column("ai_users", "ai_user")

    @property
    def ai_sender_types(self) -> list[str]:
        """The types of senders that are AIs, as Chatwoot and its forks write them."""
        return self.configuration.column("ai_sender_types", "sender_type")

    @property
    def backup_folder(self) -> Path:
        """Where `make backup` puts its files."""
        return self.backup_dir or self.data_dir / "backups"

    def keep_private(self) -> None:
        """Write for our user alone from now on; close what was left open before.

        Raises ConfigurationError for a folder that cannot be written to.
        """
        os.umask(private.OTHERS)
        for name in ("data_dir", "config_dir", "backup_dir"):
            self._check_folder(name)
        if os.access(self.data_dir, os.R_OK):
            names = {file.name for file in self.data_dir.iterdir()}
            if names <= {*PRIVATE_FOLDERS, "source", "warehouse"}:
                private.close_way(self.data_dir)
        for name in PRIVATE_FOLDERS:
            private.close(self.data_dir / name)
        for name in ("target", "logs"):
            private.close(PROJECT_ROOT / "dbt_project" / name)

    def _check_folder(self, name: str) -> None:
        folder: Path | None = getattr(self, name)
        if folder is None:
            return
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if not there.is_dir():
            raise ConfigurationError(f"{name.upper()}: {there} is not a folder")
        # A folder that is there already may be read-only for what only reads it.
        if there != folder and not os.access(there, os.W_OK | os.X_OK):
            raise ConfigurationError(
                f"{name.upper()}: {folder} is not there, and we may not make it in"
                f" {there}"
            )

    def _configured(
        self, prefix: str, side: type[Side], user: str, password: SecretStr
    ) -> Database:
        host = getattr(self, f"{prefix}_host")
        default: SslMode = "prefer" if is_loopback(host) else "require"
        return side(
            Connection(
                host=host,
                port=getattr(self, f"{prefix}_port"),
                dbname=getattr(self, f"{prefix}_name"),
                user=user,
                password=password.get_secret_value(),
            ),
            getattr(self, f"{prefix}_sslmode") or default,
            getattr(self, f"{prefix}_sslrootcert"),
        )


def is_host(text: str) -> bool:
    """Whether it is a name, an address or the folder of a socket, and nothing more."""
    if text.startswith("/"):
        return re.search(r"[\s@]|://", text) is None
    if ":" in text:
        try:
            ipaddress.IPv6Address(text)
        except ValueError:
            return False
        return True
    return re.fullmatch(r"[\w.,-]+", text) is not None


def load_settings() -> Settings:
    """Read the settings.

    Raises ConfigurationError with one line per wrong variable and no values, for a
    value may be a password; and where others than its owner may read `.env`.
    """
    is_read = Settings.model_config.get("env_file") == ENV_FILE and ENV_FILE.exists()
    if is_read and private.is_open(ENV_FILE):
        raise ConfigurationError(
            f".env: others may read it, and it holds passwords: chmod 600 {ENV_FILE}"
        )
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_url=False):
            name = "_".join(str(part) for part in problem["loc"]).upper()
            message = problem["msg"].removeprefix("Value error, ")
            if problem["type"] == "extra_forbidden":
                message = "no such setting; .env.example lists them all"
            lines.append(f"{name}: {message}" if name else message)
        raise ConfigurationError("\n".join(lines)) from None
