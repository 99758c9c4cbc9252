"""The ways to move the views that are measured side by side."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import CONTEXT_VIEW, FINAL_VIEW, UUID_AS_TEXT, Bench
from ground.embedded import find_binaries

FOLDER = Path(__file__).parent
FINAL = (FINAL_VIEW, "conversations")
CONTEXT = (CONTEXT_VIEW, "conversation_context")


@dataclass(frozen=True)
class Variant:
    """A program that copies views into tables of an empty database."""

    name: str
    script: str  # in this folder
    pairs: tuple[tuple[str, str], ...]  # view, table
    # Packages of its own, in benchmarks/requirements-<name>.txt; '' for none.
    packages: str = ""
    # Whether its tables are made before, as a bare COPY needs them.
    needs_tables: bool = False
    is_slow: bool = False


VARIANTS = (
    Variant("COPY pipe, one view", "pipe.sh", (FINAL,), needs_tables=True),
    Variant("COPY pipe, both views", "pipe.sh", (FINAL, CONTEXT), needs_tables=True),
    Variant("sling 1.4.11, one view", "sling.sh", (FINAL,), "sling"),
    Variant("sling 1.4.11, both views", "sling.sh", (FINAL, CONTEXT), "sling"),
    Variant(
        "ingestr 0.15.9, one view",
        "ingestr.sh",
        ((UUID_AS_TEXT, "conversations"),),
        "ingestr",
    ),
    Variant(
        "ingestr 0.15.9, both views",
        "ingestr.sh",
        ((UUID_AS_TEXT, "conversations"), CONTEXT),
        "ingestr",
    ),
    Variant(
        "dlt sql_table, one view", "dlt_sql_table.py", (FINAL,), "dlt", is_slow=True
    ),
    Variant(
        "pandas, one view",
        "pandas_to_sql.py",
        (FINAL,),
        "pandas",
        needs_tables=True,
        is_slow=True,
    ),
)


def loader_command(*options: str) -> list[str]:
    """Our own load."""
    return [sys.executable, "-m", "loader", "run", *options]


def command(variant: Variant, environments: Path) -> list[str]:
    """The program of a variant; installs its packages the first time.

    Raises subprocess.CalledProcessError when they cannot be installed.
    """
    arguments = [str(FOLDER / variant.script)]
    if variant.packages:
        python = _install(variant.packages, environments)
        if variant.script.endswith(".py"):
            arguments.insert(0, str(python))
    return [*arguments, *(name for pair in variant.pairs for name in pair)]


def environment(bench: Bench, environments: Path) -> dict[str, str]:
    """The settings of every variant: the loader's variables, URLs for the others."""
    source, warehouse = bench.source.reader, bench.warehouse_login
    programs = [
        find_binaries(),
        environments / "ingestr" / "bin",
        *environments.glob("sling/lib/python*/site-packages/sling_linux_amd64/bin"),
        *map(Path, os.environ["PATH"].split(os.pathsep)),
    ]
    kept = {name: value for name, value in os.environ.items() if name[:2] != "PG"}
    return kept | {
        "PATH": os.pathsep.join(map(str, programs)),
        "SOURCE_DB_HOST": source["host"],
        "SOURCE_DB_PORT": str(source["port"]),
        "SOURCE_DB_NAME": source["dbname"],
        "SOURCE_DB_USER": source["user"],
        "SOURCE_DB_PASSWORD": source["password"],
        "LOCAL_DB_HOST": warehouse["host"],
        "LOCAL_DB_PORT": str(warehouse["port"]),
        "LOCAL_DB_NAME": warehouse["dbname"],
        "LOCAL_DB_USER": warehouse["user"],
        "LOCAL_DB_PASSWORD": warehouse["password"],
        "DASHBOARD_DB_PASSWORD": "unused",
        "SOURCE_URL": "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(
            **source
        ),
        "WAREHOUSE_URL": "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(
            **warehouse
        ),
        "DATA_DIR": str(bench.folder),
        "DLT_DATA_DIR": str(bench.folder / "dlt"),
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }


def _install(packages: str, environments: Path) -> Path:
    """Make a virtual environment with the locked packages; return its Python."""
    requirements = FOLDER.parent / f"requirements-{packages}.txt"
    folder = environments / packages
    python = folder / "bin" / "python"
    installed = folder / "installed.txt"
    wanted = requirements.read_text()
    if not installed.exists() or installed.read_text() != wanted:
        uv = Path(sys.executable).with_name("uv")
        make = ["venv", "--quiet", "--clear", "--python", sys.executable, str(folder)]
        fill = ["pip", "sync", "--quiet", "--python", str(python), str(requirements)]
        subprocess.run([uv, *make], check=True)
        subprocess.run([uv, *fill, "--require-hashes"], check=True)
        installed.write_text(wanted)
    return python
