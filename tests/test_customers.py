"""Who is a customer, and who is one person: groups, lists, numbers of tests, digits."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from chatwoot_builder import START, Builder, agent, customer
from conftest import PROJECT_ROOT, Chatwoot, Warehouse, hash_of_rows, loaded_at

from ground.settings import Settings
from loader import run
from operations import transform

NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
LISTED = (
    "phone,identifier,label\n+123456,,\n+55 11 8111-2222,,\n,teste-1,\n,,Fornecedor\n"
)
NOW = START + timedelta(days=1, hours=1)

# What the contact and the conversation have, by case.
Case = tuple[dict[str, object], dict[str, object]]

IGNORED: dict[str, dict[str, Case]] = {
    "group": {
        "id of a group": ({"identifier": "120363041967849074@g.us"}, {}),
        "old id of a group": ({"identifier": "5511988887777-1625215002@g.us"}, {}),
        "id in place of a name": ({"name": "120363041967849075@g.us"}, {}),
        "WAHA": (
            {"custom_attributes": {"waha_whatsapp_chat_id": "1203630419@g.us"}},
            {},
        ),
        "kind noted with the contact": (
            {"additional_attributes": {"group_type": "group"}},
            {},
        ),
        "kind as a custom attribute": ({"custom_attributes": {"group_type": 1}}, {}),
        "kind noted with the conversation": (
            {},
            {"additional_attributes": {"group_type": "group"}},
        ),
        "a group that is listed, too": (
            {"identifier": "1203630419678@g.us", "phone_number": "+5511981112222"},
            {},
        ),
    },
    "broadcast": {
        "status": ({"identifier": "status@broadcast"}, {}),
        "status of WAHA": (
            {"custom_attributes": {"waha_whatsapp_jid": "status@broadcast"}},
            {},
        ),
        "newsletter": ({"identifier": "120363144038483540@newsletter"}, {}),
    },
    "contact": {
        "the integration's own": ({"phone_number": "+123456"}, {}),
        "a number, with its ninth digit": ({"phone_number": "+5511981112222"}, {}),
        "an identifier": ({"identifier": "Teste-1"}, {}),
    },
}
PEOPLE: dict[str, Case] = {
    "an id that hides the phone": ({"identifier": "2183746192837@lid"}, {}),
    "an id with a phone": ({"identifier": "5511977776666@s.whatsapp.net"}, {}),
    "the group that he is in": (
        {"custom_attributes": {"grupo_da_turma": "1203630419@g.us"}},
        {},
    ),
    "a kind that is a person's": (
        {"additional_attributes": {"group_type": "individual"}},
        {"custom_attributes": {"group_type": 0}},
    ),
    "attributes that are no object": ({"custom_attributes": ["x@g.us"]}, {}),
    "a number like the listed one": ({"phone_number": "+5511981112223"}, {}),
    "an e-mail": ({"email": "maria@g.us.example"}, {}),
}
ONE_PERSON = {
    "+551181234567": "+5511981234567",  # the ninth digit is missing
    "+55 (11) 8123-4567": "+5511981234567",
    "+5511981234567": "+5511981234567",
    "+556799998888": "+5567999998888",
    "+556761234567": "+5567961234567",
    "+551131234567": "+551131234567",  # a landline
    "+551151234567": "+551151234567",
    "+552081234567": "+552081234567",  # no area of Brazil
    "+5511912345678": "+5511912345678",
    "+351812345678": "+351812345678",  # Portugal
    "+5581234567": "+5581234567",  # too short to have an area
}


@dataclass(frozen=True)
class Built:
    """The cases in a Chatwoot, and what was built of them by a copy of the project."""

    chat: Builder
    warehouse: Warehouse
    settings: Settings
    folder: Path
    ids: dict[str, int] = field(default_factory=dict)

    def list(self, rows: str) -> None:
        (self.settings.config_dir / "ignored_contacts.csv").write_text(rows)

    def build(self, *options: str) -> None:
        command = "run" if options else "build"
        arguments = [command, "--quiet", *options]
        assert transform.dbt(
            self.settings, arguments if options else [*arguments, *NO_TESTS]
        )

    def add(self, name: str, contact: dict[str, object], **values: object) -> None:
        number = len(self.ids)
        contact_id = self.chat.insert(
            "contacts", account_id=500_001, **{"name": f"Pessoa {number}"} | contact
        )
        self.ids[name] = self.chat.conversation(
            customer("Quanto custa o plano?"),
            agent("R$ 99 por mês."),
            customer("E o anual?", after=600),
            contact_id=contact_id,
            **values,
        )

    def reasons(self) -> dict[str, str | None]:
        found = dict(
            self.warehouse.query(
                "select conversation_id, ignored_reason"
                " from marts.mart_drilldown_conversations"
            )
        )
        return {name: found[conversation] for name, conversation in self.ids.items()}

    def counts(self) -> dict[str, set[int]]:
        """The conversations that count, by where they do."""
        return {
            what: {conversation for (conversation,) in self.warehouse.query(query)}
            for what, query in COUNTED.items()
        }

    def hashes(self) -> dict[str, object]:
        tables = self.warehouse.query(
            "select schemaname || '.' || tablename from pg_tables"
            " where schemaname in ('analytics', 'marts')"
            " and tablename <> 'built_models'"
        )
        return {table: hash_of_rows(self.warehouse, table) for (table,) in tables}


COUNTED = {
    "demands": (
        "select conversation_id from marts.mart_drilldown_episodes"
        " where inbound_episodes = 1 and episodes = 1"
    ),
    "days": (
        "select conversation_id from marts.mart_drilldown_days where new_conversations"
        " = 1 and contact_messages = 2 and human_messages = 1"
    ),
    "waits": (
        "select conversation_id from marts.mart_operational_queue where queue_waiting ="
        " 1 and queue_open = 1"
    ),
    "agents": (
        "select conversation_id from marts.mart_drilldown_agent_episodes"
        " where agent_messages > 0"
    ),
    "durations": "select conversation_id from marts.mart_drilldown_durations",
    "comments": "select conversation_id from marts.mart_quality_comments",
}


@pytest.fixture(scope="module")
def built(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    configured: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("project") / "dbt_project"
    shutil.copytree(
        PROJECT_ROOT / "dbt_project",
        folder,
        ignore=shutil.ignore_patterns("target", "logs"),
    )
    chatwoot, warehouse = new_chatwoot(), new_warehouse()
    settings = configured(settings_for(chatwoot.reader, warehouse.owner))
    with (
        closing(chatwoot.connection),
        closing(warehouse.connection),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(transform, "DBT_PROJECT", folder)
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        made = Built(Builder(chatwoot), warehouse, settings, folder)
        for cases in (*IGNORED.values(), PEOPLE):
            for name, (contact, conversation) in cases.items():
                made.add(name, contact, **conversation)
        made.add("labelled", {"phone_number": "+5511955550001"})
        made.chat.label(made.ids["labelled"], "fornecedor")
        made.add("of the same contact", {"phone_number": "+5511955550002"})
        for name in ("status", "an e-mail"):
            made.chat.answer(made.ids[name], 2, "Demorou")
        for phone in ONE_PERSON:
            made.add(phone, {"phone_number": phone})
        made.list(LISTED)
        run.run(settings)
        loaded_at(warehouse, NOW)
        made.build()
        yield made


def test_who_is_no_customer_is_marked_with_the_reason(built: Built) -> None:
    expected: dict[str, str | None] = dict.fromkeys(built.ids)
    for reason, cases in IGNORED.items():
        expected |= dict.fromkeys(cases, reason)
    expected["labelled"] = "label"
    assert built.reasons() == expected


def test_who_is_no_customer_counts_nowhere(built: Built) -> None:
    people = {
        built.ids[name] for name, reason in built.reasons().items() if reason is None
    }
    counts = built.counts()
    assert counts.pop("comments") == {built.ids["an e-mail"]}
    for what, found in counts.items():
        assert found == people, what
    # They stay where one looks at a conversation.
    everybody = set(built.ids.values())
    for table in ("conversations", "episodes", "messages"):
        assert everybody == {
            conversation
            for (conversation,) in built.warehouse.query(
                f"select conversation_id from marts.mart_drilldown_{table}"
            )
        }
    assert dict(
        built.warehouse.query(
            "select ignored_reason, sum(conversations)::integer"
            " from marts.mart_ignored_conversations group by 1"
        )
    ) == {reason: len(cases) for reason, cases in IGNORED.items()} | {"label": 1}


def test_sums_hold_with_what_is_ignored(built: Built) -> None:
    assert transform.dbt(
        built.settings, ["test", "--quiet", "--select", "test_type:singular"]
    )


@pytest.mark.parametrize("phone", ONE_PERSON)
def test_one_person_has_one_key(built: Built, phone: str) -> None:
    assert (
        built.warehouse.value(
            "select contact_key from analytics.conversation_versions"
            " where conversation_id = %s",
            built.ids[phone],
        )
        == f"500001:{ONE_PERSON[phone]}"
    )


def test_who_is_taken_off_the_list_counts_again(built: Built) -> None:
    before = built.hashes()
    built.list("phone,identifier,label,remove\n+5511955550002,,,\n+123456,,,yes\n")
    built.build()
    reasons = built.reasons()
    assert reasons["of the same contact"] == "contact"
    for name in ("labelled", *IGNORED["contact"]):
        assert reasons[name] is None
    people = {built.ids[name] for name, reason in reasons.items() if reason is None}
    assert built.counts()["demands"] == people
    assert built.counts()["days"] == people
    changed = built.hashes()
    built.build("--full-refresh")
    assert built.hashes() == changed
    built.list(LISTED)
    built.build()
    assert built.hashes() == before


def test_a_label_ignores_from_the_next_load_on(built: Built) -> None:
    """Without a change of any rule: only that conversation is built anew."""
    name = "of the same contact"
    label = built.chat.label(built.ids[name], "fornecedor")
    run.run(built.settings)
    loaded_at(built.warehouse, NOW)
    built.build()
    assert built.reasons()[name] == "label"
    assert built.ids[name] not in built.counts()["demands"]
    assert built.ids[name] not in built.counts()["days"]
    built.chat.execute("delete from taggings where id = %s", label)
    run.run(built.settings)
    loaded_at(built.warehouse, NOW)
    built.build()
    assert built.reasons()[name] is None
    assert built.ids[name] in built.counts()["days"]
