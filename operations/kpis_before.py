"""What the KPIs were by the definitions of before 0.3.0, kept when that release comes.

It counts all periods anew, so that numbers jump. Before its first build makes the first
table, the KPIs of the last full month are computed from what the release before has
built. That is done once: as soon as the table stands, with or without rows, it stays.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import psycopg2
from psycopg2 import errors, sql
from psycopg2.extras import execute_values

from ground.database import PgConnection, PgCursor, one_row
from loader.history import BUILDS, RAW_SCHEMA, as_numbers

KPIS_BEFORE = f"{RAW_SCHEMA}.kpis_before"
NEW_DEFINITIONS = "0.3.0"
# Of what no release before has, this is there as soon as a build has begun.
BUILT_FIRST = "analytics.kpi_changes"
TABLE = f"""
create table {KPIS_BEFORE} (
    kpi_id text primary key,
    value double precision not null,
    local_month date not null, -- its first day
    local_as_of timestamp not null, -- of the load that it was computed from
    release text -- the version that had built it; NULL before 0.2
)
"""
# How releases of before had a KPI follow from the columns of its mart, by its kind: n
# is the numerator, d the denominator. It stays so, whatever kpis/kinds/ makes of a kind
# later. What looks further than one month, or at parts, is not among them.
EXPRESSIONS = {
    "sum": "coalesce(sum({n}), 0)",
    "ratio": "sum({n})::double precision / nullif(sum({d}), 0)",
    "distinct": "count(distinct {n})",
    "distinct_ratio": (
        "count(distinct {n})::double precision / nullif(count(distinct {d}), 0)"
    ),
    "per_distinct": (
        "sum({n})::double precision"
        " / nullif(count(distinct {d}) filter (where {n} > 0), 0)"
    ),
    "percentile": "percentile_cont({share}) within group (order by {n})",
    "snapshot": "coalesce(sum({n}), 0)",
    "snapshot_quantile": "percentile_cont({share}) within group (order by {n})",
}
OF_THE_LOAD = "snapshot"  # on the axis of the catalogue
# What is known of less than half does not speak for all.
COVERED = "case when 2 * sum({d}) >= sum({whole}) then {expression} end"
SECONDS_PER_KPI = 120

Kpi = Mapping[str, Any]

log = logging.getLogger("loader")


def keep(connection: PgConnection) -> None:
    """Keep the last full month's KPIs if an earlier release has built what is there.

    All or nothing, and never a second time. What fails is said in a line.
    """
    with connection, connection.cursor() as cursor:
        if one_row(cursor, "select to_regclass(%s)", KPIS_BEFORE) != (None,):
            return
        cursor.execute(TABLE)
        (has_marts,) = one_row(
            cursor,
            "select to_regclass('marts.kpi_catalog') is not null"
            " and to_regclass('marts.mart_load_status') is not null",
        )
        if not has_marts or not _is_of_an_earlier_release(cursor):
            return
        cursor.execute(f"set local statement_timeout = '{SECONDS_PER_KPI}s'")
        cursor.execute("savepoint before_all")
        try:
            _keep(cursor)
        except (psycopg2.Error, LookupError) as error:
            cursor.execute("rollback to before_all")
            log.warning(
                "the KPIs by the definitions of before %s are not kept: %s",
                NEW_DEFINITIONS,
                _first_line(error),
            )


def _is_of_an_earlier_release(cursor: PgCursor) -> bool:
    """Whether all that is built is by the definitions of before.

    The history alone does not tell: it may have been restored below newer tables.
    """
    (is_rebuilt,) = one_row(cursor, "select to_regclass(%s) is not null", BUILT_FIRST)
    cursor.execute(
        f"select release from {BUILDS} where is_complete order by build_id desc limit 1"
    )
    complete = cursor.fetchone()
    if is_rebuilt or complete is None:
        return False
    (release,) = complete
    return release is None or as_numbers(release) < as_numbers(NEW_DEFINITIONS)


def _keep(cursor: PgCursor) -> None:
    cursor.execute(
        f"""
        select
            local_as_of,
            (date_trunc('month', local_date) - interval '1 month')::date,
            date_trunc('month', local_date)::date - 1,
            (
                select release from {BUILDS}
                where is_complete order by build_id desc limit 1
            )
        from marts.mart_load_status
        """
    )
    row = cursor.fetchone()
    if row is None:
        return
    local_as_of, first, last, release = row
    values: dict[str, float] = {}
    failed: dict[str, str] = {}
    is_any_of_the_month = False
    for kpi in _catalogue(cursor):
        cursor.execute("savepoint before_one")
        try:
            value = value_before(cursor, kpi, first, last)
        except (psycopg2.Error, LookupError) as error:
            # A lost connection has no savepoint left.
            cursor.execute("rollback to before_one")
            failed[kpi["kpi_id"]] = _first_line(error)
            continue
        if value is not None:
            values[kpi["kpi_id"]] = value
            is_any_of_the_month |= kpi["axis"] != OF_THE_LOAD and value != 0
    if failed:
        why = sorted(set(failed.values()))
        log.warning(
            "by the definitions of before %s there is no value of %s to keep: %s%s",
            NEW_DEFINITIONS,
            ", ".join(failed),
            why[0],
            f", and {len(why) - 1} more reasons" if len(why) > 1 else "",
        )
    if is_any_of_the_month:
        _insert(cursor, values, first, local_as_of, release)


def _insert(
    cursor: PgCursor,
    values: Mapping[str, float],
    month: date,
    local_as_of: datetime,
    release: str | None,
) -> None:
    execute_values(
        cursor,
        f"insert into {KPIS_BEFORE} (kpi_id, value, local_month, local_as_of, release)"
        " values %s",
        [
            (kpi_id, value, month, local_as_of, release)
            for kpi_id, value in values.items()
        ],
    )
    log.info(
        "kept %d KPIs of %s as they were before %s: the glossary shows old and new",
        len(values),
        month.strftime("%Y-%m"),
        NEW_DEFINITIONS,
    )


def _catalogue(cursor: PgCursor) -> Iterator[Kpi]:
    """The KPIs that one month, or the load, gives, and that are in use."""
    cursor.execute(
        """
        select catalogue.*
        from marts.kpi_catalog as catalogue
        left join marts.mart_features as features
            on catalogue.feature = features.feature
        where catalogue.feature is null or features.is_configured
        order by catalogue.kpi_number, catalogue.kpi_id
        """
    )
    names = [column.name for column in cursor.description or ()]
    for row in cursor.fetchall():
        kpi = dict(zip(names, row, strict=True))
        if kpi["kind"] in EXPRESSIONS:
            yield kpi


def value_before(cursor: PgCursor, kpi: Kpi, first: date, last: date) -> float | None:
    """Compute a KPI of some days, as the marts say it now."""
    relation = sql.Identifier("marts", kpi["mart"])
    condition: sql.Composable = sql.SQL("local_date between {} and {}").format(
        sql.Literal(first), sql.Literal(last)
    )
    numerator = kpi["numerator"]
    if kpi["metric"] is not None:
        # Each value by itself: the marts have them in buckets.
        relation, numerator = sql.Identifier("analytics", "durations"), "value"
        condition += sql.SQL(" and metric = {metric}").format(
            metric=sql.Literal(kpi["metric"])
        )
        if kpi["responder_class"] is not None:
            condition += sql.SQL(" and responder_class = {}").format(
                sql.Literal(kpi["responder_class"])
            )
    elif kpi["axis"] == OF_THE_LOAD:
        condition = sql.SQL("true")
    expression = sql.SQL(EXPRESSIONS[kpi["kind"]]).format(
        n=sql.Identifier(numerator),
        d=sql.Identifier(kpi["denominator"] or ""),
        share=sql.Literal(kpi["quantile"]),
    )
    if kpi.get("coverage_of"):
        expression = sql.SQL(COVERED).format(
            d=sql.Identifier(kpi["denominator"]),
            whole=sql.Identifier(kpi["coverage_of"]),
            expression=expression,
        )
    cursor.execute(
        sql.SQL("select ({})::double precision from {} where {}").format(
            expression, relation, condition
        )
    )
    (row,) = cursor.fetchall()
    value: float | None = row[0]
    return value


def _first_line(error: BaseException) -> str:
    if isinstance(error, errors.QueryCanceled):
        return f"it takes longer than {SECONDS_PER_KPI} s"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
