"""What is added up is the same to the last digit, in whatever order it came."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, Chatwoot, Warehouse, loaded_at
from test_dbt import Project

from demo import chatwoot as demo
from ground.settings import Settings
from loader import run
from operations import transform

CONVERSATIONS = 1000
HOURS = (0, 5, 20, 29, 53)  # between the builds
# Nothing that binary fractions hold exactly.
PARAMETERS = {"minutes_per_reply": 1.7, "cost_per_ai_episode_brl": 0.37}
# In one inbox and no team, so that a day's sums have many episodes.
FRACTIONS = """
update conversations
set
    inbox_id = 1,
    team_id = null,
    custom_attributes = coalesce(custom_attributes, '{}')
    || jsonb_build_object('sentiment', (id * 37 % 201 - 100) / 100.0)
where custom_attributes ->> 'sentiment' is null
"""


def test_builds_day_by_day_give_what_one_build_of_all_gives(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    configured: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    settings = configured(
        settings_for(chatwoot.reader, warehouse.owner),
        parameters="parameter,value\n"
        + "".join(f"{name},{value}\n" for name, value in PARAMETERS.items()),
    )
    variables = transform.environment(settings) | {
        "DBT_TARGET_PATH": str(tmp_path),
        "DBT_LOG_PATH": str(tmp_path),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    project = Project(chatwoot, warehouse, settings, tmp_path)
    with closing(chatwoot.connection), closing(warehouse.connection):
        demo.generate(chatwoot.connection, CONVERSATIONS, until=NOW)
        for hours in HOURS:
            moment = NOW + timedelta(hours=hours)
            demo.live(chatwoot.connection, moment)
            chatwoot.execute(FRACTIONS)
            run.run(settings)
            loaded_at(warehouse, moment)
            if not hours:
                project.dbt("seed")
            project.dbt("run")
        assert warehouse.value(
            "select max(sentiment_episodes) from marts.mart_executive_episode_days"
        ) > 5  # fmt: skip
        day_by_day = project.rows()
        project.dbt("run", "--full-refresh")
        at_once = project.rows()
    assert [name for name in at_once if at_once[name] != day_by_day[name]] == []
    assert at_once.keys() == day_by_day.keys()
