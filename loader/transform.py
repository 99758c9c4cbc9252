"""dbt, in this process, on the warehouse of the settings."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta

from loader.settings import LATE_AFTER, PROJECT_ROOT, Settings
from loader.warehouse import BUILD_LOCK_KEY

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
# What follows a load, as in `make run`. Unit tests are of the code, not of the data.
BUILD = ("build", "--exclude-resource-type", "unit_test")


def environment(settings: Settings) -> dict[str, str]:
    """What `dbt_project/profiles.yml` and `dbt_project.yml` read."""
    warehouse = settings.warehouse
    return {
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "LOCAL_DB_HOST": warehouse.host,
        "LOCAL_DB_PORT": str(warehouse.port),
        "LOCAL_DB_NAME": warehouse.name,
        "LOCAL_DB_USER": warehouse.user,
        "LOCAL_DB_PASSWORD": warehouse.password,
        "LOCAL_DB_SSLMODE": warehouse.sslmode,
        "LOCAL_DB_SSLROOTCERT": warehouse.sslrootcert or "",
        "DASHBOARD_DB_USER": settings.dashboard_db_user,
        "BUSINESS_TIMEZONE": settings.business_timezone,
        "LATE_AFTER_HOURS": str(LATE_AFTER // timedelta(hours=1)),
    }


def dbt(settings: Settings, arguments: Sequence[str]) -> bool:
    """Run a dbt command, such as `["build"]`; return whether all of it passed.

    Raises what dbt raises for a command that it does not understand.
    """
    from dbt.cli.main import dbtRunner  # takes seconds to import: only when needed

    with (
        _environment(environment(settings)),
        closing(settings.warehouse.connect()) as connection,
    ):
        # Two builds at once would replace each other's tables: the second waits.
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (BUILD_LOCK_KEY,))
        connection.commit()
        result = dbtRunner().invoke(list(arguments))
    if result.exception is not None:
        raise result.exception
    return bool(result.success)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Set the variables, and leave the environment as it was found."""
    before = os.environ.copy()
    os.environ |= variables
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before
