"""Who is a customer, and who is the same one."""

from chatwoot_builder import ACCOUNT, agent, bot, customer

from truth.language import (
    DAY,
    SOMETHING,
    Conversation,
    ago,
    case,
    episode,
    nobody_waits,
    say,
    waits,
)

TEST_PHONE = "+55 11 98888-0001"  # as people write it
TEST_LABEL = "teste-interno"

# ============================================================ not customers


def no_customer(number: int, **contact: object) -> Conversation:
    """Somebody wrote two hours ago who is no customer: no demand, no wait."""
    return Conversation(
        [say(0, customer, "**Bia:** chegou o papel?", 1)],
        [
            episode(
                "immature",
                has_demand=False,
                ignored_reason=SOMETHING,
                contact_key=SOMETHING,
            )
        ],
        start=ago(hours=2),
        inbox="without_ai",
        contact=number,
        contact_stored={"phone_number": None} | contact,
        queue=nobody_waits(),
    )


@case
def groups_are_no_customers() -> list[Conversation]:
    """A WhatsApp group, by its id or by what the integration says of it; also one that
    somebody answers."""
    return [
        no_customer(1, identifier="120363025801848701@g.us"),
        no_customer(2, identifier="5511988887777-1493840012@g.us"),
        no_customer(3, additional_attributes={"group_type": "group"}),
        no_customer(5, name="120363025801848703@g.us"),
        no_customer(6, custom_attributes={"remoteJid": "120363025801848704@g.us"}),
        Conversation(
            [
                say(0, customer, "Quem fecha hoje?", 1),
                say(60, agent, "Eu fecho.", 1),
            ],
            [
                episode(
                    "human_resolved",
                    has_demand=False,
                    ignored_reason=SOMETHING,
                    contact_key=SOMETHING,
                )
            ],
            contact_stored={
                "phone_number": None,
                "identifier": "120363025801848702@g.us",
            },
            contact=4,
        ),
    ]


@case
def status_and_broadcasts_are_no_customers() -> list[Conversation]:
    """The status list and broadcast lists of the integration."""
    return [
        no_customer(1, identifier="status@broadcast"),
        no_customer(2, identifier="5511988887777@broadcast"),
    ]


@case
def named_phone_is_no_customer() -> list[Conversation]:
    """A test number that the owner named, written with or without its ninth digit; the
    number beside it is a customer."""
    return [
        *(
            Conversation(
                [say(0, customer, "teste", 1)],
                [
                    episode(
                        "immature",
                        has_demand=False,
                        ignored_reason=SOMETHING,
                        contact_key=SOMETHING,
                    )
                ],
                start=ago(hours=2),
                inbox="without_ai",
                contact=number,
                contact_stored={"phone_number": phone},
                queue=nobody_waits(),
            )
            for number, phone in enumerate(("+5511988880001", "+551188880001"), start=1)
        ),
        Conversation(
            [say(0, customer, "teste", 1)],
            [
                episode(
                    "immature",
                    has_demand=True,
                    ignored_reason=None,
                    contact_key=f"{ACCOUNT}:+5511988880002",
                )
            ],
            start=ago(hours=2),
            inbox="without_ai",
            contact=3,
            contact_stored={"phone_number": "+5511988880002"},
            queue=waits(0, "1_to_4_hours"),
        ),
    ]


@case
def named_label_ignores_the_conversation() -> list[Conversation]:
    """A label ignores only the conversation that carries it: the same person's other
    conversation is a customer's."""
    return [
        Conversation(
            [say(0, customer, "Alguém pode me ajudar?", 1)],
            [episode("immature", has_demand=has_demand, ignored_reason=reason)],
            start=ago(hours=2),
            inbox="without_ai",
            labels=labels,
            queue=queue,
        )
        for labels, has_demand, reason, queue in (
            ((TEST_LABEL,), False, SOMETHING, nobody_waits()),
            (("vip",), True, None, waits(0, "1_to_4_hours")),
            ((), True, None, waits(0, "1_to_4_hours")),
        )
    ]


@case
def lid_is_a_person() -> Conversation:
    """WhatsApp's id in place of the phone is somebody who waits."""
    return Conversation(
        [say(0, customer, "Alguém pode me ajudar?", 1)],
        [
            episode(
                "immature",
                has_demand=True,
                ignored_reason=None,
                contact_key=SOMETHING,
            )
        ],
        start=ago(hours=2),
        inbox="without_ai",
        contact_stored={"phone_number": None, "identifier": "1234567890123@lid"},
        queue=waits(0, "1_to_4_hours"),
    )


@case
def ordinary_identifier_is_a_person() -> list[Conversation]:
    """An id of the company's own system, or one of WhatsApp with the phone."""
    return [
        Conversation(
            [say(0, customer, "Qual o horário?", 1)],
            [episode("immature", has_demand=True, ignored_reason=None)],
            start=ago(hours=2),
            inbox="without_ai",
            contact=number,
            contact_stored={"identifier": identifier},
            queue=waits(0, "1_to_4_hours"),
        )
        for number, identifier in enumerate(
            ("aluno-42", "5511955554444@s.whatsapp.net"), start=1
        )
    ]


# ============================================================ one person


def two_phones(
    first: str, second: str, key: str, other_key: str, returned: bool
) -> list[Conversation]:
    """Answered under the first number; two days later the second asks."""
    return [
        Conversation(
            [
                say(0, customer, "Qual o horário?", 1),
                say(60, bot, "Das 6h às 23h.", 1),
            ],
            [
                episode(
                    "ai_resolved_assumed",
                    has_returned=returned,
                    contact_key=f"{ACCOUNT}:{key}",
                )
            ],
            contact_stored={"phone_number": first},
        ),
        Conversation(
            [
                say(2 * DAY, customer, "E no domingo?", 1),
                say(2 * DAY + 60, bot, "Das 8h às 14h.", 1),
            ],
            [episode("ai_resolved_assumed", contact_key=f"{ACCOUNT}:{other_key}")],
            contact=2,
            contact_stored={"phone_number": second},
        ),
    ]


@case
def with_and_without_the_ninth_digit() -> list[Conversation]:
    """A Brazilian mobile number with and without the 9 in front is one person."""
    return two_phones(
        "+5562987654321", "+556287654321", "+5562987654321", "+5562987654321", True
    )


@case
def old_mobile_that_begins_with_six() -> list[Conversation]:
    """Mobile numbers begin with 6 to 9."""
    return two_phones(
        "+557161234567", "+5571961234567", "+5571961234567", "+5571961234567", True
    )


@case
def landline_gets_no_ninth_digit() -> list[Conversation]:
    """A landline of eight digits that begins with 3 stays what it is: another one."""
    return two_phones(
        "+556232345678", "+5562932345678", "+556232345678", "+5562932345678", False
    )


@case
def another_country_gets_no_ninth_digit() -> list[Conversation]:
    """Numbers of other countries stay what they are."""
    return two_phones(
        "+351912345678", "+3519912345678", "+351912345678", "+3519912345678", False
    )


@case
def no_such_area() -> list[Conversation]:
    """There is no area 20 in Brazil: nothing is added to what is no such number."""
    return two_phones(
        "+552087654321", "+5520987654321", "+552087654321", "+5520987654321", False
    )
