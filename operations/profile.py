"""The profile by which a dbt of one's own finds the warehouse of the settings."""

import os
import re
from pathlib import Path
from urllib.parse import quote

from ground import private
from ground.project import DBT_PROJECT, PROJECT_ROOT
from ground.settings import Settings

TEMPLATE = DBT_PROJECT / "profile" / "profiles.yml"
DEFAULT = re.compile(r"env_var\('(\w+)', '[^']*'\)")
HEADER = "# Written by our commands: exported variables go before what stands here.\n"


def folder(settings: Settings) -> Path:
    """Where the profile stands: in dbt's project, unless DATA_DIR is another one."""
    of_checkout = PROJECT_ROOT / Settings.model_fields["data_dir"].default
    if settings.data_dir == of_checkout:
        return DBT_PROJECT
    return settings.data_dir / "dbt"


def variables(settings: Settings) -> dict[str, str]:
    """What the profile reads."""
    warehouse = settings.warehouse
    return {
        "LOCAL_DB_HOST": warehouse.host,
        "LOCAL_DB_PORT": str(warehouse.port),
        "LOCAL_DB_NAME": warehouse.name,
        "LOCAL_DB_USER": warehouse.user,
        "LOCAL_DB_PASSWORD": warehouse.password,
        "LOCAL_DB_SSLMODE": warehouse.sslmode,
        "LOCAL_DB_SSLROOTCERT": warehouse.sslrootcert or "",
    }


def url(settings: Settings) -> str:
    """Return the warehouse and its owner's login as a URL, for psql and others."""
    warehouse = settings.warehouse
    user, password = (
        quote(text, safe="") for text in (warehouse.user, warehouse.password)
    )
    where = f"{warehouse.host}:{warehouse.port}/{quote(warehouse.name, safe='')}"
    return f"postgresql://{user}:{password}@{where}?sslmode={warehouse.sslmode}"


def write(settings: Settings) -> Path:
    """Write the profile for our user alone, where it is another one; return its folder.

    Starts the embedded warehouse, which may have another port after a restart. The
    password of a warehouse of one's own stays where it is.
    """
    known = variables(settings)
    if not settings.has_embedded_warehouse:
        known["LOCAL_DB_PASSWORD"] = ""
    said = DEFAULT.sub(
        lambda found: f"env_var('{found[1]}', {_literal(known[found[1]])})",
        TEMPLATE.read_text(),
    )
    file = folder(settings) / "profiles.yml"
    text = HEADER + said.partition("\n")[2].partition("\n")[2]
    if not file.exists() or file.read_text() != text:
        if file.parent != DBT_PROJECT:
            private.make_folder(file.parent)
        fresh = file.with_suffix(f".{os.getpid()}")
        with open(fresh, "w", opener=private.opener) as lines:
            lines.write(text)
        fresh.rename(file)
    return file.parent


def _literal(text: str) -> str:
    """Return a text as Jinja writes it within a YAML string in double quotes."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("\\", "\\\\").replace('"', '\\"') + "'"
