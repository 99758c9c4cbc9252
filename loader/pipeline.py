"""The dlt pipeline: files as COPY wrote them, merged into the raw tables by key.

dlt brings the schema, the typed staging tables, the merge and the load history. Its
working folder lives for one run: the watermark stands in the warehouse, so a package
that a killed run left behind is never needed, and can never block the next run.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dlt
import psycopg2
from dlt.common.destination.exceptions import (
    DestinationException,
    DestinationTerminalException,
)
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations import postgres
from dlt.destinations.impl.postgres.postgres import PostgresClient, PostgresCsvCopyJob
from dlt.extract import DltResource

from ground.database import KEEPALIVES, Database
from loader.history import KEY, RAW_SCHEMA, STAGING_SCHEMA
from loader.locks import LOAD_APPLICATION_NAME, LOAD_LOCK_KEY, LOCK_TIMEOUT
from loader.source import DIMENSION_VIEWS

PIPELINE_NAME = "chatwoot"
COPY_BUFFER_BYTES = 2**18

# PostgreSQL type -> dlt's; uuid has none, staging casts it back.
DLT_TYPES: dict[str, dict[str, Any]] = {
    "bigint": {"data_type": "bigint"},
    "boolean": {"data_type": "bool"},
    "character varying": {"data_type": "text"},
    "date": {"data_type": "date"},
    "double precision": {"data_type": "double"},
    "integer": {"data_type": "bigint", "precision": 32},
    "json": {"data_type": "json"},
    "jsonb": {"data_type": "json"},
    "numeric": {"data_type": "decimal"},
    "text": {"data_type": "text"},
    "timestamp without time zone": {"data_type": "timestamp", "timezone": False},
    "uuid": {"data_type": "text"},
}


class CopyJob(PostgresCsvCopyJob):
    """COPY of a file as COPY wrote it, below a line with its columns.

    dlt reads CSV alone, and would make an empty string NULL.
    """

    def run(self) -> None:
        """Load the file in one transaction."""
        client = self._job_client.sql_client
        with Path(self._file_path).open("rb") as file:
            names = file.readline().decode().rstrip("\n").split(",")
            columns = ", ".join(map(client.escape_column_name, names))
            table = client.make_qualified_table_name(self.load_table_name)
            with (
                client.begin_transaction(),
                client.native_connection.cursor() as cursor,
            ):
                cursor.copy_expert(
                    f"copy {table} ({columns}) from stdin", file, COPY_BUFFER_BYTES
                )


class ExactPostgresClient(PostgresClient):
    """dlt's PostgreSQL client with our COPY job for what passes for CSV.

    It works only while our session holds the lock: whoever took over is newer.
    """

    lock_pid = 0

    def __enter__(self) -> "ExactPostgresClient":
        """Connect; raises DestinationTerminalException if the lock is lost."""
        super().__enter__()
        # Whoever reads a small table keeps us from emptying it, and we all others.
        self.sql_client.execute_sql(f"set lock_timeout = '{LOCK_TIMEOUT}'")
        held = self.sql_client.execute_sql(
            "select from pg_locks where locktype = 'advisory' and granted"
            " and objid = %s and pid = %s",
            LOAD_LOCK_KEY,
            self.lock_pid,
        )
        if not held:
            raise DestinationTerminalException("the run has lost its lock")
        return self

    def create_load_job(
        self, table: Any, file_path: str, load_id: str, restore: bool = False
    ) -> Any:
        """Return our job for the files that we import, dlt's for all else."""
        if ParsedLoadJobFileName.parse(file_path).file_format == "csv":
            return CopyJob(file_path)
        return super().create_load_job(table, file_path, load_id, restore)


class ExactPostgres(postgres):
    """dlt's PostgreSQL destination with the exact client."""

    @property
    def client_class(self) -> type[PostgresClient]:
        """Return the client of this destination."""
        return ExactPostgresClient


ExactPostgres.register()


class RawPipeline:
    """Loads files of the source into the tables of the raw schema."""

    def __init__(
        self,
        warehouse: Database,
        lock_pid: int,
        folder: Path,
        columns: dict[str, dict[str, str]],
    ) -> None:
        """`columns` maps each raw table to its columns and their PostgreSQL types.

        `lock_pid` is the warehouse's process of the session that holds the lock.
        """
        ExactPostgresClient.lock_pid = lock_pid
        self._columns = columns
        self._pipeline = dlt.pipeline(
            pipeline_name=PIPELINE_NAME,
            pipelines_dir=str(folder / "pipelines"),
            dataset_name=RAW_SCHEMA,
            destination=ExactPostgres(
                replace_strategy="insert-from-staging",  # readers never see it empty
                credentials={
                    "drivername": "postgresql",
                    "host": warehouse.host,
                    "port": warehouse.port,
                    "database": warehouse.name,
                    "username": warehouse.user,
                    "password": warehouse.password,
                    "query": {
                        **{name: str(value) for name, value in KEEPALIVES.items()},
                        "application_name": LOAD_APPLICATION_NAME,
                        "sslmode": warehouse.sslmode,
                        **(
                            {"sslrootcert": warehouse.sslrootcert}
                            if warehouse.sslrootcert
                            else {}
                        ),
                    },
                },
            ),
        )
        self._pipeline.sync_destination()

    def load(self, files: dict[str, Path], *, are_absent: bool) -> None:
        """Merge the files by key, or only add them where the tables have none of them.

        A dimension replaces its whole table. The files are used up.
        """
        self._pipeline.extract(
            [
                _resource(table, path, self._columns[table], are_absent=are_absent)
                for table, path in files.items()
            ]
        )
        self._pipeline.normalize()
        self._pipeline.load()
        for path in files.values():
            path.unlink()  # dlt had a link to it

    def drop_staging(self) -> None:
        """Drop the tables that dlt merges from, which hold the last batch.

        The next run makes them. They stay for it where somebody reads them, and where
        this run has lost its lock.
        """
        client: Any = self._pipeline.destination_client()
        with suppress(DestinationException, psycopg2.Error), client:
            client.sql_client.execute_sql(
                f"drop schema if exists {STAGING_SCHEMA} cascade"
            )


def _resource(
    table: str, path: Path, types: dict[str, str], *, are_absent: bool
) -> DltResource:
    def imported() -> Iterator[Any]:
        yield dlt.mark.with_file_import(str(path), "csv")

    hints: dict[str, Any] = {
        name: {"name": name} | DLT_TYPES[of_postgres]
        for name, of_postgres in types.items()
    }
    options: dict[str, Any] = {"write_disposition": "replace"}
    if table not in DIMENSION_VIEWS:
        hints[KEY]["nullable"] = False
        # The only merge of dlt's that cannot double rows after a kill.
        merge = {"disposition": "merge", "strategy": "delete-insert"}
        disposition = "append" if are_absent else merge
        options = {"primary_key": KEY, "write_disposition": disposition}
    resource: DltResource = dlt.resource(
        imported,
        name=table,
        columns=hints,
        # A release may bring a column; other types are reshape.py's.
        schema_contract={"columns": "evolve", "data_type": "freeze"},
        max_table_nesting=0,
        **options,
    )
    return resource
