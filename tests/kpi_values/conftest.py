"""A demo Chatwoot with something for every KPI to count, loaded and built once."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date

import pytest
from conftest import NOW, Chatwoot, Warehouse, loaded_at

from demo import chatwoot as demo
from ground.database import Database
from ground.settings import Settings
from kpi_values.built import COST_PER_AI_EPISODE, FUNNEL, Built
from kpi_values.truth import Truth
from kpis import Marts
from loader import run
from operations import transform

CONVERSATIONS = 1500

# What no demo account has: an enrichment, reasons of handoffs, marks of the funnel.
ENRICH = """
update conversations
set
    custom_attributes = coalesce(custom_attributes, '{}')
    || case
        when id % 5 < 3
            then jsonb_build_object('sentiment', (id * 37 % 201 - 100) / 100.0)
        else '{}'
    end
    || case
        when id % 3 = 0
            then jsonb_build_object(
                'motivo_transferencia',
                (array['Cancelamento', 'Cobrança', 'Fora do escopo'])[1 + id % 7 % 3]
            )
        else '{}'
    end
    || case
        when id % 11 = 0 then jsonb_build_object('visita', 'sim')
        when id % 11 = 1 then jsonb_build_object('visita', 'não')
        else '{}'
    end
    || case
        when id % 13 = 0 then jsonb_build_object('interesse', 'plano anual')
        else '{}'
    end;

-- Whom nobody has named is called by his phone.
update contacts
set name = case when id % 2 = 0 then phone_number else 'Tel ' || phone_number end
where id % 40 < 2 and phone_number is not null;
"""


@pytest.fixture(scope="session")
def built(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    configured: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Built]:
    """The demo, loaded and built, with every feature configured."""
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    funnel = [("source", "name", "value", "funnel_stage"), *FUNNEL]
    settings = configured(
        settings_for(chatwoot.reader, warehouse.owner),
        parameters=f"parameter,value\ncost_per_ai_episode_brl,{COST_PER_AI_EPISODE}",
        funnel_map="\n".join(",".join(cell or "" for cell in row) for row in funnel),
    )
    target = str(tmp_path_factory.mktemp("dbt"))
    with (
        closing(chatwoot.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=NOW)
        chatwoot.execute(ENRICH)
        patch.setenv("DBT_TARGET_PATH", target)
        patch.setenv("DBT_LOG_PATH", target)
        run.run(settings)
        loaded_at(warehouse, NOW)
        assert transform.dbt(settings, ["seed", "--quiet"])
        assert transform.dbt(settings, ["run", "--quiet"])
        ((first_date, today),) = warehouse.query(
            "select min(local_date), (select (as_of at time zone 'UTC'"
            " at time zone 'America/Sao_Paulo')::date from analytics.last_load)"
            " from analytics.episodes"
        )
        assert isinstance(first_date, date)
        assert isinstance(today, date)
        marts = Marts(Database(warehouse.reader))
        yield Built(warehouse, marts, first_date, today)


@pytest.fixture(scope="session")
def truth(built: Built) -> Truth:
    """The rows that every KPI is computed from once more."""
    return Truth(built)
