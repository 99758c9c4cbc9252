"""Chatwoot's own numbers: those of rows and events whose numbers are written by hand.

And once more, of a whole demo, by the definitions of Chatwoot applied to its tables.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from chatwoot_builder import (
    CONTACT,
    INBOX,
    OTHER_CONTACT,
    TEAM,
    Builder,
    activity,
    agent,
    ai_user,
    automation_rule,
    bot,
    captain,
    customer,
    greeting,
    note,
    phone,
    survey,
    survey_by_template,
)
from conftest import NOW, Chatwoot, Warehouse

from demo import chatwoot as demo
from ground.database import Database
from ground.settings import Settings
from kpis import Days, Filters, Limits, Marts, catalogue
from kpis.chatwoot import NUMBERS, chatwoot_numbers, known_to_chatwoot
from loader import run
from operations import transform

BUSINESS = ZoneInfo("America/Sao_Paulo")
UTC = ZoneInfo("UTC")
WEDNESDAY, THURSDAY = date(2024, 3, 13), date(2024, 3, 14)
BOTH = Days(WEDNESDAY, THURSDAY)
ONLY_WEDNESDAY, ONLY_THURSDAY = Days(WEDNESDAY, WEDNESDAY), Days(THURSDAY, THURSDAY)
SUL, MANAUS = "AllpFit Sul", "AllpFit Manaus"
GROUP = 500_050
# What Chatwoot's numbers need, and whoever asks for them within limits.
SELECTED = (
    "+mart_executive_chatwoot_days", "+mart_executive_chatwoot_bot_days",
    "+mart_inboxes", "+mart_teams", "+mart_drilldown_conversations", "kpi_catalog",
)  # fmt: skip


def at(day: date, clock: str) -> datetime:
    """A moment of the business, as Chatwoot stores it."""
    local = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=BUSINESS)
    return local.astimezone(UTC).replace(tzinfo=None)


def tell(
    chat: Builder,
    conversation: int,
    name: str,
    recorded_at: datetime,
    value: float | None,
    in_business_hours: float | None = 0.0,
    **values: object,
) -> None:
    """Let Chatwoot record an event, half a minute after it happened."""
    chat.event(
        conversation,
        name,
        value=value,
        value_in_business_hours=in_business_hours,
        event_end_time=recorded_at - timedelta(seconds=30),
        created_at=recorded_at,
        **values,
    )


def write(chat: Builder) -> None:
    """Two days of three inboxes, each with a trap for whoever counts them otherwise."""
    sul = chat.inbox(SUL)
    # Its clock is an hour behind, and no matter: reports have one clock for all.
    manaus = chat.inbox(MANAUS, timezone="America/Manaus")

    # A person follows the bot; what nobody received, or may read, is outgoing too.
    noon = at(WEDNESDAY, "12:00")
    first = chat.conversation(
        customer("Oi", source_id="wamid.1"),
        customer("Oi", source_id="wamid.1"),  # the same message once more
        bot(),
        note(),
        agent("Falhou", status=3),
        agent("Apagada", attributes={"deleted": True}),
        automation_rule(),
        ai_user(),
        captain(),
        phone(),
        greeting(),  # type template: neither incoming nor outgoing
        activity(),
        team_id=TEAM,
        created_at=noon,
    )
    tell(chat, first, "conversation_bot_handoff", at(WEDNESDAY, "12:05"), 300)
    # A job that was tried again wrote it twice: one conversation was handed over.
    tell(chat, first, "conversation_bot_handoff", at(WEDNESDAY, "12:05:01"), 300)
    tell(chat, first, "first_response", at(WEDNESDAY, "12:15"), 600, 540)
    tell(chat, first, "reply_time", at(WEDNESDAY, "12:20"), 120, 60)
    tell(chat, first, "reply_time", at(WEDNESDAY, "12:30"), 60, 60)
    # It was resolved on Wednesday, and the job ran on Thursday.
    tell(chat, first, "conversation_resolved", at(THURSDAY, "00:00:20"), 43_190, 3_600)
    tell(chat, first, "conversation_bot_resolved", at(THURSDAY, "00:00:20"), 43_190)

    # The bot alone, resolved and reopened: each event counts.
    late = at(WEDNESDAY, "23:50")
    second = chat.conversation(
        customer(), bot(), inbox_id=sul, contact_id=OTHER_CONTACT, created_at=late
    )
    for clock, value in (("08:00", 29_400), ("09:00", 33_000)):
        moment = at(THURSDAY, clock)
        tell(chat, second, "conversation_resolved", moment, value, inbox_id=sul)
        tell(chat, second, "conversation_bot_resolved", moment, value, inbox_id=sul)
    # A time that an old version did not measure in business hours is in no mean.
    tell(
        chat, second, "first_response", at(THURSDAY, "08:30"), 1_800, None, inbox_id=sul
    )

    # Of an inbox an hour behind: at 23:30 on its clock it is Thursday in São Paulo.
    chat.conversation(customer(), inbox_id=manaus, created_at=at(THURSDAY, "00:30"))
    # A group of WhatsApp is a conversation like any other, with what it wrote.
    chat.insert("contacts", id=GROUP, account_id=500_001, identifier="551199-1@g.us")
    chat.conversation(
        customer(), customer(), contact_id=GROUP, created_at=at(THURSDAY, "10:00")
    )

    # Two surveys in one inbox, of which one is answered, and one by template elsewhere.
    asked = chat.conversation(contact_id=CONTACT, created_at=at(WEDNESDAY, "15:00"))
    answered = chat.message(asked, **survey())
    chat.message(asked, **survey())
    chat.answer(asked, 5, message_id=answered, created_at=at(THURSDAY, "11:00"))
    elsewhere = chat.conversation(inbox_id=sul, created_at=at(THURSDAY, "15:00"))
    by_template = chat.message(elsewhere, **survey_by_template())
    chat.answer(elsewhere, 3, message_id=by_template, created_at=at(THURSDAY, "16:00"))

    # An event that belongs to no conversation, or to one that was deleted, is not seen.
    for orphan in (None, 900_001):
        tell(chat, orphan, "conversation_resolved", at(THURSDAY, "12:00"), 10)  # type: ignore[arg-type]


# Wednesday: 2 + 1 messages came in; 8 of the first and 1 of the second went out.
# Thursday: mean resolution (43,190 + 29,400 + 33,000) / 3.
BY_HAND: dict[str, tuple[Days, tuple[str, ...], dict[str, float | None]]] = {
    "both days": (
        BOTH,
        (),
        {
            "conversations": 6,
            "incoming": 6,
            "outgoing": 10,
            "first_response": 1_200,
            "reply": 90,
            "resolution": 35_196 + 2 / 3,
            "resolutions": 3,
            "bot_resolutions": 2,
            "bot_handoffs": 1,
            "csat_score": 0.5,
            "csat_response_rate": 2 / 3,
        },
    ),
    "Wednesday": (
        ONLY_WEDNESDAY,
        (),
        {
            "conversations": 3,
            "incoming": 3,
            "outgoing": 9,
            "first_response": 600,
            "reply": 90,
            "resolution": None,
            "resolutions": 0,
            "bot_resolutions": 0,
            "bot_handoffs": 1,
            "csat_score": 0,
            "csat_response_rate": 0,
        },
    ),
    # Without the handoff of the day before, the first counts as resolved by the bot.
    "Thursday": (
        ONLY_THURSDAY,
        (),
        {
            "conversations": 3,
            "incoming": 3,
            "outgoing": 1,
            "first_response": 1_800,
            "reply": None,
            "resolution": 35_196 + 2 / 3,
            "resolutions": 3,
            "bot_resolutions": 3,
            "bot_handoffs": 0,
            "csat_score": 0.5,
            "csat_response_rate": 2,
        },
    ),
    # The rate of one inbox divides by the surveys of all.
    "one inbox": (
        BOTH,
        (SUL,),
        {
            "conversations": 2,
            "incoming": 1,
            "outgoing": 2,
            "first_response": 1_800,
            "reply": None,
            "resolution": 31_200,
            "resolutions": 2,
            "bot_resolutions": 2,
            "bot_handoffs": 0,
            "csat_score": 0,
            "csat_response_rate": 1 / 3,
        },
    ),
    "two inboxes": (
        ONLY_THURSDAY,
        (SUL, MANAUS),
        {
            "conversations": 2,
            "incoming": 1,
            "outgoing": 1,
            "first_response": 1_800,
            "reply": None,
            "resolution": 31_200,
            "resolutions": 2,
            "bot_resolutions": 2,
            "bot_handoffs": 0,
            "csat_score": 0,
            "csat_response_rate": 1,
        },
    ),
}


@dataclass(frozen=True)
class Both:
    """A Chatwoot, and the warehouse that was made of it."""

    chatwoot: Chatwoot
    warehouse: Warehouse
    settings: Settings

    def marts(self, limits: Limits | None = None) -> Marts:
        return Marts(Database(self.warehouse.reader), limits or Limits())

    def load(self) -> None:
        """Load what changed, and build what Chatwoot's numbers need."""
        run.run(self.settings)
        no_tests = ("--exclude-resource-type", "test", "unit_test")
        assert transform.dbt(
            self.settings, ["build", "--quiet", *no_tests, "--select", *SELECTED]
        )


@pytest.fixture(scope="module")
def new_both(
    new_chatwoot: Callable[..., Chatwoot],
    new_warehouse: Callable[..., Warehouse],
    settings_for: Callable[..., Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Both]]:
    """Make a Chatwoot that a function fills, and the warehouse of it."""
    with pytest.MonkeyPatch.context() as patch:
        made = []

        def make(fill: Callable[[Chatwoot], None]) -> Both:
            target = str(tmp_path_factory.mktemp("dbt"))
            patch.setenv("DBT_TARGET_PATH", target)
            patch.setenv("DBT_LOG_PATH", target)
            chatwoot, warehouse = new_chatwoot(), new_warehouse()
            settings = settings_for(chatwoot.reader, warehouse.owner)
            both = Both(chatwoot, warehouse, settings)
            made.append(both)
            fill(chatwoot)
            both.load()
            return both

        yield make
        for both in made:
            both.chatwoot.connection.close()
            both.warehouse.connection.close()


@pytest.fixture(scope="module")
def by_hand(new_both: Callable[..., Both]) -> Both:
    return new_both(lambda chatwoot: write(Builder(chatwoot)))


def inboxes(both: Both, names: tuple[str, ...]) -> Filters:
    rows = both.chatwoot.query("select id from inboxes where name = any(%s)", [*names])
    return Filters(inboxes=tuple(inbox_id for (inbox_id,) in rows))  # type: ignore[misc]


@pytest.mark.parametrize("case", BY_HAND)
def test_numbers_are_those_written_by_hand(by_hand: Both, case: str) -> None:
    days, names, expected = BY_HAND[case]
    filters = inboxes(by_hand, names) if names else Filters()
    found = chatwoot_numbers(by_hand.marts(), days, filters)
    assert found == pytest.approx(expected)


def test_business_hours_are_a_time_of_their_own(by_hand: Both) -> None:
    found = chatwoot_numbers(by_hand.marts(), BOTH, in_business_hours=True)
    calendar = chatwoot_numbers(by_hand.marts(), BOTH)
    # 0 where the inbox has none, as Chatwoot writes it; NULL is no value at all.
    assert found["resolution"] == pytest.approx(3_600 / 3)
    assert found["reply"] == 60
    assert found["first_response"] == 540
    times = ("resolution", "reply", "first_response")
    assert {name: found[name] for name in found if name not in times} == {
        name: calendar[name] for name in calendar if name not in times
    }


def test_a_team_is_that_of_the_conversation(by_hand: Both) -> None:
    found = chatwoot_numbers(by_hand.marts(), BOTH, Filters(teams=(TEAM,)))
    assert (found["conversations"], found["resolutions"]) == (1, 1)
    without = chatwoot_numbers(by_hand.marts(), BOTH, Filters(teams=(0,)))
    assert (without["conversations"], without["resolutions"]) == (5, 2)


def test_days_without_anything_have_no_numbers(by_hand: Both) -> None:
    day = date(2024, 3, 1)
    assert chatwoot_numbers(by_hand.marts(), Days(day, day)) == {}


def test_filters_that_chatwoot_does_not_have(by_hand: Both) -> None:
    asked = Filters(inboxes=(INBOX,), labels=("vip",), resolvers=("ai",))
    with pytest.raises(KeyError, match="labels, resolvers"):
        chatwoot_numbers(by_hand.marts(), BOTH, asked)
    assert known_to_chatwoot(asked) == Filters(inboxes=(INBOX,))


@pytest.mark.parametrize("case", ["one inbox", "both days"])
def test_whoever_is_limited_reads_what_is_within(by_hand: Both, case: str) -> None:
    unit = by_hand.marts(Limits(units=(SUL,)))
    found = chatwoot_numbers(unit, BOTH)
    # The surveys of the others are theirs: 1 answer to 1 survey.
    expected = BY_HAND["one inbox"][2] | {"csat_response_rate": 1}
    assert found == pytest.approx(expected)
    filters = inboxes(by_hand, BY_HAND[case][1])
    team = by_hand.marts(Limits(teams=("Recepção",)))
    assert chatwoot_numbers(team, BOTH)["conversations"] == 1
    assert not chatwoot_numbers(team, BOTH, inboxes(by_hand, (SUL,)))
    assert filters.inboxes == () or chatwoot_numbers(unit, BOTH, filters) == found


def test_events_know_business_hours_and_when_they_were_recorded(by_hand: Both) -> None:
    row = by_hand.warehouse.query(
        "select value_in_business_hours_seconds, occurred_at, recorded_at,"
        " local_recorded_at from analytics.reporting_events"
        " where event_name = 'first_response' and value_seconds = 600"
    )
    recorded_at = at(WEDNESDAY, "12:15")
    local = datetime(2024, 3, 13, 12, 15)
    assert row == [(540, recorded_at - timedelta(seconds=30), recorded_at, local)]


# ------------------------------------------------------------------ a whole demo

# By Chatwoot's definitions, on Chatwoot's tables; times are the borders of the days.
ORACLE = """
with

events as (

    select reporting_events.*
    from reporting_events
    inner join conversations on reporting_events.conversation_id = conversations.id
    where
        reporting_events.created_at >= %(since)s
        and reporting_events.created_at < %(until)s
        and (%(inbox)s is null or conversations.inbox_id = %(inbox)s)
),

sent as (

    select messages.*
    from messages
    inner join conversations on messages.conversation_id = conversations.id
    where
        messages.created_at >= %(since)s
        and messages.created_at < %(until)s
),

answers as (

    select csat_survey_responses.*
    from csat_survey_responses
    inner join conversations
        on csat_survey_responses.conversation_id = conversations.id
    where
        csat_survey_responses.created_at >= %(since)s
        and csat_survey_responses.created_at < %(until)s
        and (%(inbox)s is null or conversations.inbox_id = %(inbox)s)
)

select
    (
        select count(*) from conversations
        where
            created_at >= %(since)s
            and created_at < %(until)s
            and (%(inbox)s is null or inbox_id = %(inbox)s)
    ) as conversations,
    (
        select count(*) from sent
        where message_type = 0 and (%(inbox)s is null or inbox_id = %(inbox)s)
    ) as incoming,
    (
        select count(*) from sent
        where message_type = 1 and (%(inbox)s is null or inbox_id = %(inbox)s)
    ) as outgoing,
    (select avg({value}) from events where name = 'first_response') as first_response,
    (select avg({value}) from events where name = 'reply_time') as reply,
    (select avg({value}) from events where name = 'conversation_resolved')
        as resolution,
    (select count(*) from events where name = 'conversation_resolved') as resolutions,
    (
        select count(*) from events
        where
            name = 'conversation_bot_resolved'
            and conversation_id not in (
                select conversation_id from events
                where name = 'conversation_bot_handoff'
            )
    ) as bot_resolutions,
    (
        select count(distinct conversation_id) from events
        where name = 'conversation_bot_handoff'
    ) as bot_handoffs,
    (
        select
            coalesce(count(*) filter (where rating in (4, 5))::float8
            / nullif(count(*), 0), 0)
        from answers
    ) as csat_score,
    (
        select
            coalesce(count(*)::float8 / nullif(
                (select count(*) from sent where content_type = 9), 0
            ), 0)
        from answers
    ) as csat_response_rate
"""


def fill_demo(chatwoot: Chatwoot) -> None:
    demo.generate(chatwoot.connection, 400, until=NOW)
    # Hours that Chatwoot counted, some of them not measured, and jobs that came late.
    chatwoot.execute(
        """
        update reporting_events
        set
            value_in_business_hours = case
                when id % 7 > 0 then value / (1 + id % 3)
            end,
            created_at = created_at + (id % 5) * interval '1 hour'
        """
    )


@pytest.fixture(scope="module")
def of_demo(new_both: Callable[..., Both]) -> Both:
    return new_both(fill_demo)


def asked_of_chatwoot(
    both: Both, days: Days, inbox: int | None, value: str
) -> dict[str, float | None]:
    bound = {
        "since": at(days.first, "00:00"),
        "until": at(days.last + timedelta(days=1), "00:00"),
        "inbox": inbox,
    }
    with both.chatwoot.connection.cursor() as cursor:
        cursor.execute(ORACLE.format(value=value), bound)
        names = [column.name for column in cursor.description or ()]
        (row,) = cursor.fetchall()
    return {
        name: None if found is None else float(found)
        for name, found in zip(names, row, strict=True)
    }


SPANS = (1, 7, 30, 90)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("in_business_hours", [False, True])
def test_a_whole_demo_has_the_numbers_of_its_chatwoot(
    of_demo: Both, span: int, in_business_hours: bool
) -> None:
    last = NOW.date() - timedelta(days=1)
    days = Days(last - timedelta(days=span - 1), last)
    value = "value_in_business_hours" if in_business_hours else "value"
    scopes = [
        None,
        *(row[0] for row in of_demo.chatwoot.query("select id from inboxes")),
    ]
    for inbox in scopes:
        filters = Filters(inboxes=(inbox,) if inbox else ())  # type: ignore[arg-type]
        found = chatwoot_numbers(of_demo.marts(), days, filters, in_business_hours)
        expected = asked_of_chatwoot(of_demo, days, inbox, value)  # type: ignore[arg-type]
        if found:
            assert found == pytest.approx(expected), inbox
        else:
            assert not any(expected.values()), inbox


def test_what_changed_is_counted_anew(new_both: Callable[..., Both]) -> None:
    both = new_both(lambda chatwoot: write(Builder(chatwoot)))
    ((conversation,),) = both.chatwoot.query(
        "select conversation_id from reporting_events where value = 600"
    )
    both.chatwoot.execute(
        "delete from reporting_events where conversation_id = %s"
        " and name = 'conversation_bot_handoff'",
        conversation,
    )
    both.load()
    found = chatwoot_numbers(both.marts(), BOTH)
    assert found == pytest.approx(
        BY_HAND["both days"][2] | {"bot_resolutions": 3, "bot_handoffs": 0}
    )
    # Who deletes a conversation deletes its events, and its numbers with them.
    both.chatwoot.execute("delete from conversations where id = %s", conversation)
    both.chatwoot.execute(
        "delete from messages where conversation_id = %s", conversation
    )
    both.load()
    assert chatwoot_numbers(both.marts(), BOTH)["resolutions"] == 2


def test_every_number_has_a_kpi_beside_it(of_demo: Both) -> None:
    known = catalogue(of_demo.marts())
    assert {number.kpi_id for number in NUMBERS} <= set(known)
    assert len({number.name for number in NUMBERS}) == len(NUMBERS)
