"""dbt, in this process, on the warehouse of the settings."""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import psycopg2
import yaml

from ground.database import PgConnection
from ground.project import DBT_PROJECT
from ground.settings import LATE_AFTER, Settings
from loader.locks import BUILD_LOCK_KEY, LOCK_TIMEOUT, who_blocks
from operations import builds, configure, fingerprints, profile
from operations.builds import Build, Failure, recorded

# Commands that write rows: a build, whole or in part.
BUILDING = ("build", "run", "seed")
ROWS = ("model", "seed")
# Unit tests are of the code, not of the data.
TESTS = ("test", "--exclude-resource-type", "unit_test")
# Options that dbt reads before it reads the project.
OF_THE_PROJECT = ("--vars", "--target", "-t", "--profile")
# Read by the macro should_full_refresh.
TO_REMAKE = "MODELS_TO_REMAKE"

# Who reads may keep a table from being replaced: pauses before further attempts.
SECONDS_BETWEEN_ATTEMPTS = (2.0, 5.0, 10.0, 20.0)
PASSING = ("lock timeout", "deadlock detected")
ROWS_SHOWN = 5
ROW_CHARACTERS = 200

# Relation and parts of every model and seed, by name.
Known = dict[str, tuple[str, fingerprints.Parts | None]]

log = logging.getLogger("loader")


@dataclass(frozen=True)
class Built:
    """How a build ended; `error` is one sentence, None where all is well."""

    build_id: int
    is_complete: bool
    error: str | None
    failures: list[Failure]
    seconds: float


def environment(settings: Settings) -> dict[str, str]:
    """What dbt reads of a process of ours."""
    return (
        of_the_project(settings)
        | profile.variables(settings)
        | {"DBT_PROFILES_DIR": str(DBT_PROJECT / "profile")}
    )


def of_the_project(settings: Settings) -> dict[str, str]:
    """What dbt reads besides the login: nothing secret."""
    return {
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DASHBOARD_DB_USER": settings.dashboard_db_user,
        "BUSINESS_TIMEZONE": settings.business_timezone,
        "LATE_AFTER_HOURS": str(LATE_AFTER // timedelta(hours=1)),
    }


def dbt(settings: Settings, arguments: Sequence[str]) -> bool:
    """Run a dbt command, such as `["build"]`; return whether all of it passed.

    What writes rows is a build: it stands in the history, and makes anew what must be.
    Raises what dbt raises for a command that it does not understand.
    """
    with _alone(settings) as connection:
        if not any(argument in BUILDING for argument in arguments):
            configure.write(connection, settings.configuration)
            return bool(_invoke(arguments).success)
        with recorded(connection) as build:
            configure.write(connection, settings.configuration)
            manifest = _parse(arguments)
            known = _known(settings, manifest, arguments)
            results = _make(build, manifest, known, arguments)
            is_good = bool(results.success)
            build.failures = _failures(results, connection)
            build.error = None if is_good else _sentence(build.failures, results)
            return is_good


def build(settings: Settings, is_verbose: bool = False) -> Built:
    """Build all models, then test the data; keep the history of it.

    A table that a reader keeps locked is tried again some times. What no release builds
    any more is dropped. Raises NothingLoadedError before the first good load, and
    FilesError, before anything is built, where the configuration is wrong.
    """
    began = time.monotonic()
    options = ["--no-use-colors"] if is_verbose else ["--log-level", "none"]
    with _alone(settings) as connection, recorded(connection) as current:
        if current.run_id is None:
            raise builds.NothingLoadedError("nothing loaded yet to build: make run")
        configure.write(connection, settings.configuration)
        manifest = _parse(options)
        known = _known(settings, manifest, options)
        results = _make_persistently(current, manifest, known, options)
        current.failures = _failures(results, connection)
        if current.is_complete and results.success:
            current.note_complete()
            for line in current.drop_left_over(name for name, _ in known.values()):
                log.warning(line)
            results = _invoke([*TESTS, *options], manifest)
            current.failures = [
                _with_rows(connection, failure) if failure.query else failure
                for failure in _failures(results, connection)
            ]
        if not results.success:
            current.error = _sentence(current.failures, results)
    return Built(
        build_id=current.build_id,
        is_complete=current.is_complete,
        error=current.error,
        failures=current.failures,
        seconds=time.monotonic() - began,
    )


def configure_warehouse(settings: Settings) -> list[str]:
    """Write the configuration where dbt reads it; name the tables that changed.

    Waits for a build at work. Raises FilesError.
    """
    with _alone(settings) as connection:
        return configure.write(connection, settings.configuration)


def known_tables(settings: Settings) -> Known:
    """Return relation and parts of every model and seed, as the files are now."""
    with _environment(environment(settings)):
        return _known(settings, _parse([]), [])


# ----------------------------------------------------------------------------- models


def _make_persistently(
    build: Build, manifest: Any, known: Known, options: Sequence[str]
) -> Any:
    """Build seeds and models; try again what only a reader's lock has kept back."""
    command = ["build", "--exclude-resource-type", "test", "unit_test", *options]
    results = _make(build, manifest, known, command)
    for pause_seconds in SECONDS_BETWEEN_ATTEMPTS:
        left = [
            each
            for each in results.result or ()
            if each.status != "success" and each.node.resource_type in ROWS
        ]
        locked_out = [each for each in left if each.status == "error"]
        if not locked_out or not all(map(_is_passing, locked_out)):
            break
        log.warning(
            "%s waits for its readers%s; trying again in %g s",
            ", ".join(each.node.name for each in locked_out),
            who_blocks(build.connection),
            pause_seconds,
        )
        time.sleep(pause_seconds)
        again = ["--select", *(each.node.name for each in left)]
        results = _make(build, manifest, known, [*command, *again])
    return results


def _make(build: Build, manifest: Any, known: Known, arguments: Sequence[str]) -> Any:
    """Run a dbt command that writes rows; remember what tables were made from."""
    outdated = builds.outdated(build.connection, known)
    for line in _reasons(outdated):
        log.info(line)
    build.begin_remaking(known[name][0] for name in outdated)
    with _environment({TO_REMAKE: ",".join(outdated)}):
        results = _invoke(arguments, manifest)
    made = [
        each.node
        for each in getattr(results, "result", None) or ()
        if each.node.resource_type in ROWS and each.status == "success"
    ]
    build.note_made(known[node.name] for node in made)
    build.models_built += sum(node.resource_type == "model" for node in made)
    # An ephemeral model is a part of others, and is not made itself.
    models = sum(
        node.resource_type == "model" and node.config.materialized != "ephemeral"
        for node in manifest.nodes.values()
    )
    build.is_complete = build.models_built >= models
    return results


def _known(settings: Settings, manifest: Any, arguments: Sequence[str]) -> Known:
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())
    given = yaml.safe_load(_options(arguments).get("--vars", "{}"))
    return fingerprints.of_manifest(
        manifest,
        project["vars"] | given,
        configure.hashes(settings.configuration),
        configure.parameters(settings.configuration),
    )


# A release changes many things; who reads why wants to know of what kind they are.
MOST_REASONS = 8


def _reasons(outdated: dict[str, list[str]]) -> list[str]:
    """Say what is made anew and why, a line for all that have the same reasons."""
    by_reason: dict[str, list[str]] = {}
    for name, why in outdated.items():
        said = ", ".join(why[:MOST_REASONS])
        if len(why) > MOST_REASONS:
            said += f" and {len(why) - MOST_REASONS} more"
        by_reason.setdefault(said, []).append(name)
    return [
        f"making anew {', '.join(sorted(names))}; new, changed or gone: {why}"
        for why, names in by_reason.items()
    ]


# ------------------------------------------------------------------------ what failed


def _is_passing(result: Any) -> bool:
    return any(words in (result.message or "") for words in PASSING)


def _failures(results: Any, connection: PgConnection) -> list[Failure]:
    return [
        Failure(
            what=_name(each.node),
            why=_why(each) + (who_blocks(connection) if _is_passing(each) else ""),
            query=each.node.compiled_code.strip() if each.status == "fail" else "",
        )
        for each in results.result or ()
        if each.status in ("error", "fail", "runtime error")
    ]


def _name(node: Any) -> str:
    kind = {"test": "data test", "operation": "hook"}.get(node.resource_type)
    return f"{kind or node.resource_type} {node.name}"


def _why(result: Any) -> str:
    """Say in a few words why a node failed."""
    if result.status == "fail":
        rows = "1 row" if result.failures == 1 else f"{result.failures} rows"
        return f"found {rows}"
    lines = [line.strip() for line in (result.message or "").splitlines()]
    # dbt's first line says where, the second what.
    said = [line for line in lines if line] or ["it did not say why"]
    return f"failed: {said[1] if len(said) > 1 else said[0]}"


def _sentence(failures: Sequence[Failure], results: Any) -> str:
    """Say in one sentence what failed."""
    if not failures:
        return "dbt failed without saying at what: logs/dbt.log in dbt_project has it"
    first, *others = failures
    more = f", and {len(others)} more failed" if others else ""
    skipped = sum(
        each.status == "skipped" and each.node.resource_type == "model"
        for each in results.result or ()
    )
    plural = "models that follow were" if skipped > 1 else "model that follows was"
    kept = f"; {skipped} {plural} not built" if skipped else ""
    return f"{first}{more}{kept}"


def _with_rows(connection: PgConnection, failure: Failure) -> Failure:
    """Add the first rows that a data test has found, below their columns."""
    found = f"from (\n{failure.query}\n) as found"
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(f"select * {found} limit 0")
            names = " | ".join(column.name for column in cursor.description or ())
            # As text: PostgreSQL holds moments that Python does not.
            cursor.execute(f"select found::text {found} limit {ROWS_SHOWN}")
            rows = [row[:ROW_CHARACTERS] for (row,) in cursor.fetchall()]
    except psycopg2.Error as error:
        log.warning("the rows of %s cannot be shown: %s", failure.what, error)
        return failure
    return replace(failure, rows=[names, *rows])


# -------------------------------------------------------------------------------- dbt


def _parse(arguments: Sequence[str]) -> Any:
    """Read the project; return dbt's manifest."""
    options = [word for pair in _options(arguments).items() for word in pair]
    quiet = ["--quiet"] if "--quiet" in arguments else []
    return _invoke(["parse", "--log-level", "error", *quiet, *options]).result


def _options(arguments: Sequence[str]) -> dict[str, str]:
    """The options among the arguments that dbt reads before the project."""
    found = {}
    for place, argument in enumerate(arguments):
        name, is_joined, value = argument.partition("=")
        if name in OF_THE_PROJECT:
            found[name] = (
                value if is_joined else "".join(arguments[place + 1 : place + 2])
            )
    return found


def _invoke(arguments: Sequence[str], manifest: Any = None) -> Any:
    """Run a dbt command; raise what dbt raises where it does not come to run."""
    from dbt.cli.main import dbtRunner  # takes seconds to import: only when needed

    result = dbtRunner(manifest).invoke(list(arguments))
    if result.exception is not None:
        raise result.exception
    return result


@contextmanager
def _alone(settings: Settings) -> Iterator[PgConnection]:
    """Set what dbt reads, and keep other builds out: the second waits.

    Two at once would replace each other's tables.
    """
    with (
        closing(settings.warehouse.connect()) as connection,
        # A statement of ours that waits for a reader makes all others wait behind it.
        _environment(
            environment(settings) | {"PGOPTIONS": f"-c lock_timeout={LOCK_TIMEOUT}"}
        ),
    ):
        with connection, connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (BUILD_LOCK_KEY,))
        profile.write(settings)
        yield connection


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
