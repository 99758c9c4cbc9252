"""The demo Chatwoot: its shapes, its traps, and the rules that its rows keep."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

import psycopg2
import pytest

from demo import chatwoot
from ground.database import Connection

PgConnection = psycopg2.extensions.connection

UNTIL = datetime(2026, 11, 20, 18, 30)
ATTRIBUTES = "content_attributes #>> '{}'"

# Chatwoot's human_response?: a public outgoing message of a user or a paired phone.
HUMAN_REPLY = f"""
    message_type = 1 and not private
    and additional_attributes -> 'campaign_id' is null
    and (
        sender_type = 'User'
        or {ATTRIBUTES} like '%external_echo%'
        -- Of messages without a sender, only echoes are deleted here.
        or sender_type is null and {ATTRIBUTES} like '%deleted%'
    )
"""

AI = "(sender_type = 'AgentBot' or sender_type = 'User' and sender_id = 26)"
PERSON = f"""(
    message_type = 1 and not private and not additional_attributes ? 'template_params'
    and {ATTRIBUTES} not like '%is_reaction%'
    and (
        sender_type = 'User' and sender_id <> 26
        or {ATTRIBUTES} like '%external_echo%'
    )
)"""
REACTION = f"{ATTRIBUTES} like '%\"is_reaction\"%'"
TRANSFER = "content ~ '(Vou te transferir|Já estou transferindo|Vou chamar alguém)'"
IS_CUSTOMER = """(
    coalesce(contacts.identifier, '') !~ '@(g.us|broadcast)$'
    and phone_number is distinct from '+5511900000000'
)"""
# Copied into the database: what was written is older than its conversation.
IMPORTED = """(
    select conversation_id from messages join conversations
    on conversation_id = conversations.id
    where messages.created_at < conversations.created_at
)"""

# What surprises in a Chatwoot database: each has to occur in a demo of 4,000.
TRAPS = {
    "attributes are a JSON string": "messages where json_typeof(content_attributes)"
    " = 'string'",
    "no attributes are an object": "messages where content_attributes::text = '{}'",
    "an escaped NUL": r"messages where content_attributes #>> '{}' like '%\\u0000%'",
    "soft-deleted": f"messages where {ATTRIBUTES} like '%\"deleted\"%'",
    "media without text": "messages join attachments on message_id = messages.id"
    " where content is null",
    "empty text": "messages where content = ''",
    "huge text": "messages where length(content) = 150000",
    "formula": "messages where content = '=1+1'",
    "markup": "messages where content like '%<script>%'",
    "backslash N": r"messages where content = '\N'",
    "tab": r"messages where content ~ '\t'",
    "line breaks": r"messages where content ~ '\n' and length(content) < 1000",
    "backslashes": r"messages where content like '%\\%'",
    "quotes": "messages where content like '%\"%'",
    "invisible characters": r"messages where content ~ '[\u200b\u200d\ufeff]'",
    "right to left": r"messages where content ~ '[\u200e\u200f]'",
    "emoji": "messages where content ~ '💪'",
    "answered from the phone": "messages where sender_type is null"
    f" and {ATTRIBUTES} like '%external_echo%'",
    "automation": "messages where sender_type is null"
    f" and {ATTRIBUTES} like '%automation_rule_id%'",
    "campaign": "messages where additional_attributes ? 'campaign_id'",
    "campaign without sender": "messages where sender_type is null"
    " and additional_attributes ? 'campaign_id'",
    "campaign conversation": "conversations where campaign_id is not null",
    "WhatsApp template": "messages where message_type = 1"
    " and additional_attributes ? 'template_params'",
    "greeting or out of office": "messages where message_type = 3 and content_type = 0",
    "survey": "messages where message_type = 3 and content_type = 9",
    "survey by template": "messages where message_type = 1 and content_type = 9",
    "activity": "messages where message_type = 2",
    "activity with its status": f"messages where message_type = 2"
    f" and {ATTRIBUTES} like '%activity%'",
    "private note": "messages where private",
    "AgentBot": "messages where sender_type = 'AgentBot'",
    "AI with a user's token": "messages join users on sender_id = users.id"
    " where sender_type = 'User' and users.email = 'assistente.ia@allpfit.example'",
    "AI at night": "messages where sender_type = 'AgentBot' and extract(hour from"
    " created_at at time zone 'UTC' at time zone 'America/Sao_Paulo') < 5",
    "message not yet delivered": "messages where message_type = 1 and status = 0",
    "message delivered": "messages where message_type = 1 and status = 1",
    "message read": "messages where message_type = 1 and status = 2",
    "message failed": "messages where message_type = 1 and status = 3",
    "status open": "conversations where status = 0",
    "status resolved": "conversations where status = 1",
    "status pending": "conversations where status = 2",
    "status snoozed": "conversations where status = 3 and snoozed_until is not null",
    "without a message": "conversations where not exists"
    " (select from messages where conversation_id = conversations.id)",
    "of a blocked contact": "conversations join contacts on contact_id = contacts.id"
    " where blocked and status = 1",
    "contact gone": "conversations where contact_id is not null"
    " and contact_id not in (select id from contacts)",
    "contact NULL": "conversations where contact_id is null",
    "inbox gone": "conversations where inbox_id not in (select id from inboxes)",
    "assignee gone": "conversations where assignee_id not in (select id from users)",
    "assignee left the account": "conversations where assignee_id in"
    " (select id from users where id not in (select user_id from account_users))",
    "team gone": "conversations where team_id not in (select id from teams)",
    "without assignee": "conversations where assignee_id is null",
    "whole seconds": "conversations where created_at = date_trunc('second',"
    " created_at)",
    "microseconds": "conversations where created_at <> date_trunc('second',"
    " created_at)",
    "attributes NULL": "conversations where additional_attributes is null",
    "attributes without definition": "conversations where custom_attributes"
    " ? 'Origem do lead'",
    "weeks between two messages": "(select created_at - lag(created_at) over"
    " (partition by conversation_id order by created_at) as gap from messages) as gaps"
    " where gap > interval '14 days'",
    "several demands in a single thread": "conversations join inboxes"
    " on inbox_id = inboxes.id where lock_to_single_conversation"
    " and last_activity_at > conversations.created_at + interval '30 days'",
    "resolved several times": "(select conversation_id from reporting_events"
    " where name = 'conversation_resolved' group by 1"
    " having count(distinct event_end_time) > 1) as repeated",
    "back to the bot without an event": "conversations where status = 2 and id in"
    " (select conversation_id from reporting_events"
    " where name = 'conversation_resolved')",
    "reopened": "reporting_events where name = 'conversation_opened' and value > 0",
    "closed by inactivity": "messages where content like '%dias de inatividade'",
    "closed by a person without a word": "conversations where status = 1"
    " and first_reply_created_at is null and assignee_id is null and id in"
    " (select conversation_id from messages where content like '%resolvida por%'"
    " and content not like '%Assistente%')",
    "handoff": "reporting_events where name = 'conversation_bot_handoff'",
    "handed off and resolved by the bot": "reporting_events as handoff"
    " join reporting_events as resolve using (conversation_id)"
    " where handoff.name = 'conversation_bot_handoff'"
    " and resolve.name = 'conversation_bot_resolved'",
    "bot resolution": "reporting_events where name = 'conversation_bot_resolved'",
    "reply time of another agent": "reporting_events as event join messages"
    " on event.conversation_id = messages.conversation_id"
    " and event.event_end_time = messages.created_at"
    " where name = 'reply_time' and sender_type = 'User' and sender_id <> user_id",
    "event twice": "(select from reporting_events"
    " group by conversation_id, name, event_end_time having count(*) > 1) as twice",
    "late event": "reporting_events where created_at > event_end_time"
    " + interval '30 minutes'",
    "event of a deleted conversation": "reporting_events"
    " where conversation_id not in (select id from conversations)",
    "event without conversation": "reporting_events where conversation_id is null",
    "event without user": "reporting_events where user_id is null",
    "no business hours": "reporting_events where value > 0"
    " and value_in_business_hours = 0",
    "two answers in a conversation": "(select from csat_survey_responses"
    " group by conversation_id having count(*) > 1) as answers",
    "late answer": "csat_survey_responses join messages on message_id = messages.id"
    " where csat_survey_responses.created_at"
    " > messages.created_at + interval '7 days'",
    "changed answer": "csat_survey_responses"
    " where updated_at > created_at + interval '1 hour'",
    "answer with comment": "csat_survey_responses where feedback_message is not null",
    "answer lost in a merge": f"messages where content_type = 9"
    f" and {ATTRIBUTES} like '%submitted_values%'"
    " and id not in (select message_id from csat_survey_responses)",
    "merged contact": "(select contact_id from contact_inboxes where source_id ~ '^55'"
    " group by contact_id, inbox_id having count(*) > 1) as merged",
    "contact without name": "contacts where coalesce(trim(name), '') = ''",
    "contact with an odd name": "contacts where name ~ '[=<@\\t\\n]'",
    "contact without phone": "contacts where phone_number is null",
    "customer of two inboxes": "(select from conversations group by contact_id"
    " having count(distinct inbox_id) > 1) as customers",
    "label twice": "(select from taggings where context = 'labels'"
    " group by taggable_type, taggable_id, tag_id having count(*) > 1) as twice",
    "label of a contact": "taggings where taggable_type = 'Contact'",
    "tag that is no label": "taggings where context <> 'labels'",
    "deleted label": "taggings join tags on tag_id = tags.id"
    " where context = 'labels' and taggable_type = 'Conversation'"
    " and name not in (select title from labels)",
    "priority": "conversations where priority is not null",
    "missed service level": "applied_slas where sla_status in (2, 3)",
    "inbox without time zone": "inboxes where timezone = 'UTC'",
    "inbox in another time zone": "inboxes where timezone = 'America/Manaus'",
    "open all day": "working_hours where open_all_day",
    "bot switched off": "agent_bot_inboxes where status = 1",
    "secrets": "users where encrypted_password <> '' and tokens is not null",
}

# What integrations, machines and people do with a Chatwoot: each has to occur in a demo
# of 600 conversations.
SITUATIONS = {
    "refused": "messages where status = 3",
    "refused and sent again": "messages as refused join messages as again"
    " using (conversation_id, content) where refused.status = 3"
    " and again.status in (1, 2) and again.created_at > refused.created_at",
    "approving reaction of a customer": f"messages where {REACTION}"
    " and message_type = 0 and content in ('👍', '❤️', '🙏', '👏', '😍')",
    "other reaction of a customer": f"messages where {REACTION}"
    " and message_type = 0 and content in ('😂', '😮', '😢')",
    "reaction of ours": f"messages where {REACTION} and message_type = 1",
    "group": "conversations join contacts on contact_id = contacts.id"
    " where contacts.identifier like '%@g.us'",
    "status contact": "conversations join contacts on contact_id = contacts.id"
    " where contacts.identifier = 'status@broadcast'",
    "test number": "conversations join contacts on contact_id = contacts.id"
    " where phone_number = '+5511900000000'",
    "delivered twice": "messages as first join messages as second"
    " using (inbox_id, conversation_id, source_id, message_type)"
    " where second.created_at = first.created_at + interval '1 second'",
    "edited": "messages as first join messages as second"
    " using (inbox_id, conversation_id, source_id)"
    " where second.content like '%Mensagem editada%'"
    " and first.content not like '%Mensagem editada%'",
    "under a second id": "messages as first join messages as second"
    " using (inbox_id, source_id)"
    " join conversations on second.conversation_id = conversations.id"
    " join contacts on contact_id = contacts.id"
    " where contacts.identifier like '%@lid' and contacts.phone_number is null"
    " and first.conversation_id <> second.conversation_id",
    "ninth digit": r"contacts as new join contacts as old on new.phone_number"
    r" = regexp_replace(old.phone_number, '^(\+55\d\d)(\d{8})$', '\19\2')"
    " where new.id <> old.id",
    "name above a person's message": "messages where message_type = 1"
    r" and content ~ '^\*[A-Z]\S+:\*\n' and sender_id <> 26",
    "name above an AI's message": r"messages where content ~ '^\*Bia:\*\n'",
    "signature": r"messages where content ~ '\n\nAtenciosamente,\n'",
    "menu as text": "messages where content ~ E'\\n1(️⃣)? ?-? '",
    "menu by type": "messages where content_type = 4",
    "request for data": "messages where content ~ '(seu CPF|seu nome completo)'",
    "closing offer": "messages where content = 'Posso ajudar em algo mais?'",
    "no after a closing offer": "messages where content ~* '^não, (só isso|obrigada)'",
    "request for a rating": "messages where content like 'De 0 a 10%'",
    "sticker": "messages join attachments on message_id = messages.id"
    " where content_type = 11 and content is null",
    "call taken": "calls join messages on message_id = messages.id"
    " where calls.status = 'completed' and content_type = 12",
    "call missed": "calls where status = 'no_answer'",
    "customer's message deleted": f"messages where {ATTRIBUTES} like '%\"deleted\"%'"
    " and message_type = 0",
    "our message deleted": f"messages where {ATTRIBUTES} like '%\"deleted\"%'"
    " and message_type = 1",
    "imported": IMPORTED + " as imported",
    "asks for a person": "messages where content ~* 'falar com (uma pessoa|um"
    " atendente|alguém da unidade)'",
    "a person's question is the last word": "(select distinct on (conversation_id) *"
    " from messages where message_type in (0, 1) order by conversation_id, id desc)"
    r" as last where sender_type = 'User' and sender_id <> 26 and content ~ '\?'"
    " and content ~ '(Qual plano|Em qual horário|número da matrícula)'",
    "a promise is the last word": "(select distinct on (conversation_id) *"
    " from messages where message_type in (0, 1) order by conversation_id, id desc)"
    " as last where content ~ '(já te retorno|te aviso, tá|dou um retorno)'",
    "the AI is silent, the conversation pending": "conversations where status = 2"
    " and waiting_since is not null and id in (select conversation_id from messages"
    f" where message_type = 0) and id not in (select conversation_id from messages"
    f" where {AI})",
    "announced by an AI with a user's token": f"messages where {TRANSFER}"
    " and sender_type = 'User'",
    "announced, and nobody came": f"messages as announcement where {TRANSFER}"
    " and not exists (select from messages where conversation_id"
    f" = announcement.conversation_id and id > announcement.id and {PERSON})",
    "answered days later": f"""
        messages as asked
        cross join lateral (
            select * from messages
            where conversation_id = asked.conversation_id and id > asked.id
                and message_type in (0, 1) and not private
            order by id limit 1
        ) as next
        where asked.message_type = 0
            and next.created_at > asked.created_at + interval '30 hours'
            and next.id in (select id from messages where {PERSON})
    """,
    "line of an old name": "messages where message_type = 2"
    " and content like '%Edson Lima%'",
    "reason as an object": "conversations where"
    " jsonb_typeof(custom_attributes -> 'motivo_transferencia') = 'object'",
    "reason as a list": "conversations where"
    " jsonb_typeof(custom_attributes -> 'motivo_transferencia') = 'array'",
    "reason as text": "conversations where"
    " jsonb_typeof(custom_attributes -> 'motivo_transferencia') = 'string'",
    "assigned to oneself": "messages where message_type = 2"
    " and content like '% atribuiu a si mesmo essa conversa'",
    "assigned by a rule": "messages where message_type = 2"
    " and content ~ '^Atribuído a .* via .* por Sistema de Automação$'",
    "team assigned by a machine": "messages where message_type = 2 and content ~"
    " '^Atribuído a [^ ]+ por (Assistente AllpFit|Sistema de Automação)$'",
    "opened by a machine": "messages where message_type = 2 and content ="
    " 'Conversa foi reaberta por Sistema de Automação'",
    "opened by a person": "messages where message_type = 2"
    " and content like 'Conversa foi reaberta por %'"
    " and content !~ '(Automação|AllpFit)$'",
    "labelled by a machine": "messages where message_type = 2 and content ~"
    " '^(Assistente AllpFit|Sistema de Automação) adicionou atendimento-humano$'",
    "AI goes on after an assignment": "messages as line where message_type = 2"
    " and content like 'Atribuído a %' and content not like '% via %' and exists"
    " (select from messages where conversation_id = line.conversation_id"
    f" and id > line.id and {AI})",
    "takeover while somebody waits": f"""
        (
            select
                *,
                lag(message_type) over talk as before_type,
                bool_or({AI}) over talk as after_ai,
                bool_or({PERSON}) over before_it as after_person
            from messages
            where message_type in (0, 1) and not private
            window
                talk as (partition by conversation_id order by id),
                before_it as (
                    partition by conversation_id order by id
                    rows between unbounded preceding and 1 preceding
                )
        ) as said
        where {PERSON} and before_type = 0 and after_ai
            and not coalesce(after_person, false)
    """,
}

# Too rare for a small demo: each has to occur in one of 4,000.
RARE_SITUATIONS = {
    "handed over on Friday night, taken up on Monday": f"""
        messages as announcement
        join inboxes on inbox_id = inboxes.id
        cross join lateral (
            select created_at as taken_up_at from messages
            where conversation_id = announcement.conversation_id
                and id > announcement.id and {PERSON}
            order by id limit 1
        ) as answer
        where {TRANSFER}
            and to_char(announcement.created_at - interval '3 hours', 'ID') = '5'
            and extract(hour from announcement.created_at - interval '3 hours') >= 18
            and to_char(taken_up_at - interval '3 hours', 'ID') = '1'
            and taken_up_at < announcement.created_at + interval '4 days'
    """,
    "our message, months after a campaign": """
        messages as ours
        cross join lateral (
            select * from messages
            where conversation_id = ours.conversation_id and id < ours.id
            order by id desc limit 1
        ) as before
        where ours.message_type = 1 and ours.sender_type = 'User'
            and before.additional_attributes ? 'campaign_id'
            and ours.created_at > before.created_at + interval '60 days'
    """,
    "a note that came from the phone": "messages where private"
    " and source_id like 'WAID:%'",
    "line of a name that begins another": "messages where message_type = 2"
    " and content like '%Sandra Leal Braga%'",
    "reopened by the customer": "messages where message_type = 2 and content ="
    " 'O sistema reabriu a conversa devido a uma nova mensagem recebida.'",
}

# Shares, each with the band in which it has to lie: (what, of which rows, band).
SHARES = {
    "ours refused": (
        "status = 3",
        "messages where message_type = 1 and not private",
        (0.01, 0.03),
    ),
    "reactions": (REACTION, "messages where message_type in (0, 1)", (0.02, 0.05)),
    "reactions of ours among reactions": (
        "message_type = 1",
        f"messages where {REACTION}",
        (0.01, 0.3),
    ),
    "threads without a customer": (
        f"not {IS_CUSTOMER}",
        "conversations left join contacts on contact_id = contacts.id",
        (0.005, 0.02),
    ),
    "AI threads with a transfer that nobody took up": (
        f"""
        exists (
            select from messages as announcement
            where conversation_id = thread.conversation_id and {TRANSFER}
                and not exists (
                    select from messages
                    where conversation_id = announcement.conversation_id
                        and id > announcement.id and {PERSON}
                )
        )
        """,
        f"(select distinct conversation_id from messages where {AI}) as thread",
        (0.03, 0.08),
    ),
    "takeovers among what people answered": (
        f"""
        exists (
            select from messages
            where conversation_id = answered.conversation_id and {AI}
                and id < answered.first_id
        )
        and not exists (
            select from messages
            where conversation_id = answered.conversation_id and id < answered.first_id
                and (
                    {AI} and {TRANSFER}
                    or message_type = 2 and content ~ '(Sistema de Automação|AllpFit)'
                )
        )
        """,
        f"(select conversation_id, min(id) as first_id from messages where {PERSON}"
        " group by 1) as answered",
        (0.3, 0.5),
    ),
    "never resolved": (
        "status <> 1 and id not in (select conversation_id from reporting_events"
        " where name = 'conversation_resolved' and conversation_id is not null)",
        "conversations",
        (0.91, 0.95),
    ),
}

# Rows that must not exist, at any time of the demo's life.
VIOLATIONS = {
    "last activity is the last message": """
        conversations
        join lateral (
            select max(created_at) as at from messages
            where conversation_id = conversations.id
        ) as last_message on true
        where last_activity_at <> coalesce(last_message.at, conversations.created_at)
    """,
    "first reply is the first of a person": f"""
        conversations
        join lateral (
            select min(created_at) as at from messages
            where conversation_id = conversations.id and {HUMAN_REPLY}
        ) as reply on true
        where first_reply_created_at is distinct from reply.at
            and conversations.id not in {IMPORTED}
    """,
    "first response is at the first reply": """
        reporting_events as event
        join conversations on event.conversation_id = conversations.id
        where name = 'first_response' and event_end_time <> first_reply_created_at
    """,
    "at most one first response or handoff": """
        reporting_events
        where name in ('first_response', 'conversation_bot_handoff')
            and conversation_id is not null
        group by conversation_id, name
        having count(*) > 1
    """,
    "resolved conversations have their event": """
        conversations
        where status = 1
            and contact_id not in (select id from contacts where blocked)
            and id in (select conversation_id from messages)
            and not exists (
                select from reporting_events
                where conversation_id = conversations.id
                    and name = 'conversation_resolved'
                union all
                select from demo.unfinished where conversation_id = conversations.id
            )
    """,
    "resolved conversations wait for nobody": """
        conversations
        where status = 1 and waiting_since is not null
            and contact_id not in (select id from contacts where blocked)
    """,
    "bot resolutions hold no message of a user": """
        reporting_events as event
        join messages using (conversation_id)
        where name = 'conversation_bot_resolved'
            and messages.created_at < event_end_time
            and message_type = 1 and sender_type = 'User'
            and additional_attributes -> 'campaign_id' is null
    """,
    "event values are lengths of time": """
        reporting_events
        where name <> 'conversation_opened'
            and abs(
                value - extract(epoch from event_end_time - event_start_time)
            ) > 0.001
    """,
    "business hours are part of the time": """
        reporting_events
        where value_in_business_hours not between 0 and value + 1
    """,
    "answers agree with their message": f"""
        csat_survey_responses as csat
        join messages on csat.message_id = messages.id
        where {ATTRIBUTES} not like '%"rating" : ' || rating || '%'
            or messages.content_type <> 9
            or messages.conversation_id <> csat.conversation_id
    """,
    "answers have a message": """
        csat_survey_responses where message_id not in (select id from messages)
    """,
    "answers come within a fortnight": """
        csat_survey_responses as csat
        join messages on csat.message_id = messages.id
        where csat.created_at > messages.created_at + interval '14 days'
            or csat.updated_at > messages.created_at + interval '14 days'
    """,
    "messages lie inside their conversation": f"""
        messages
        join conversations on conversation_id = conversations.id
        where messages.created_at < conversations.created_at
            and conversation_id not in {IMPORTED}
            or messages.created_at > conversations.last_activity_at
    """,
    "an import raises no event": f"""
        reporting_events where conversation_id in {IMPORTED}
    """,
    "an import is old": f"""
        messages join conversations on conversation_id = conversations.id
        where conversation_id in {IMPORTED}
            and messages.created_at >= conversations.created_at
    """,
    "only WhatsApp reports what became of a message": """
        messages join inboxes on inbox_id = inboxes.id
        where channel_type in ('Channel::Api', 'Channel::Email')
            and messages.status <> 0
            or channel_type = 'Channel::WebWidget' and messages.status in (1, 3)
    """,
    "what was refused says why": f"""
        messages
        where status = 3 and {ATTRIBUTES} not like '%external_error%'
            and {ATTRIBUTES} not like '%deleted%'
            or status <> 3 and {ATTRIBUTES} like '%external_error%'
    """,
    "a reaction names its message": f"""
        messages as reaction
        left join messages as quoted
            on quoted.conversation_id = reaction.conversation_id
            and quoted.id::text
            = (reaction.{ATTRIBUTES})::json ->> 'in_reply_to'
            and quoted.created_at < reaction.created_at
            and quoted.message_type <> reaction.message_type
        where reaction.content_attributes #>> '{{}}' like '%"is_reaction"%'
            and quoted.id is null
            -- The message may have been deleted with its sender.
            and reaction.conversation_id in (select id from conversations)
    """,
    "calls agree with their message": f"""
        messages
        full join calls on calls.message_id = messages.id
        where (messages.content_type = 12 or calls.id is not null)
            and (
                calls.conversation_id is distinct from messages.conversation_id
                or replace(calls.status, '_', '-') is distinct from
                ({ATTRIBUTES})::json -> 'data' ->> 'status'
                or (calls.status = 'completed') is distinct from
                (calls.accepted_by_agent_id is not null)
            )
    """,
    "a status contact is one": """
        contacts where identifier = 'status@broadcast' having count(*) > 1
    """,
    "a label that a line names has its tagging": """
        messages
        where message_type = 2
            and content ~ ' adicionou '
            and not exists (
                select from taggings
                join tags on tag_id = tags.id
                where taggable_type = 'Conversation' and context = 'labels'
                    and taggable_id = messages.conversation_id
                    and content like '% adicionou ' || name
            )
            -- Somebody may take a label away later.
            and created_at < (select generated_until from demo.settings)
            and (select generated_until = lived_until from demo.settings)
    """,
    "messages have a conversation": """
        messages where conversation_id not in (select id from conversations)
    """,
    "nothing comes from the future": """
        demo.settings
        cross join messages
        where messages.created_at > lived_until
        union all
        select from demo.settings cross join reporting_events
        where reporting_events.created_at > lived_until
        union all
        select from demo.settings cross join csat_survey_responses as csat
        where csat.updated_at > lived_until
        union all
        select from demo.settings cross join taggings
        where taggings.created_at > lived_until
    """,
    "media has an attachment": """
        messages
        where content is null and id not in (select message_id from attachments)
        union all
        select from attachments where message_id not in (select id from messages)
    """,
    "rows are updated after they are created": """
        messages where updated_at < created_at
        union all
        select from conversations where updated_at < created_at
        union all
        select from contacts where updated_at < created_at
    """,
    "labels agree with the cached list": """
        conversations
        join lateral (
            select string_agg(distinct name, ', ' order by name) as labels
            from taggings
            join tags on tag_id = tags.id
            where taggable_type = 'Conversation' and context = 'labels'
                and taggable_id = conversations.id
        ) as tagged on true
        where cached_label_list is distinct from tagged.labels
    """,
    "attributes are JSON text in a JSON string": f"""
        messages
        where case json_typeof(content_attributes)
            when 'string' then json_typeof(({ATTRIBUTES})::json) <> 'object'
            else content_attributes::text <> '{{}}'
        end
    """,
}


def value(connection: PgConnection, query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        ((answer,),) = cursor.fetchall()
    return answer


def count(connection: PgConnection, rows: str) -> object:
    """How many rows a FROM clause and its condition give."""
    return value(connection, f"select count(*) from (select from {rows}) as counted")


def fingerprint(connection: PgConnection) -> dict[str, object]:
    """A hash of the rows of each of Chatwoot's tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_stat_user_tables where schemaname = 'public'"
        )
        tables = [name for (name,) in cursor.fetchall()]
    return {
        table: value(
            connection,
            f"select md5(string_agg(t::text, '|' order by t::text)) from {table} as t",
        )
        for table in tables
    }


@pytest.fixture(scope="module")
def new_demo(
    new_database: Callable[[str], Connection],
) -> Iterator[Callable[..., PgConnection]]:
    """Make a Chatwoot with a history of the given size."""
    connections = []

    def make(
        conversations: int, seed: int = 42, until: datetime = UNTIL
    ) -> PgConnection:
        connection = psycopg2.connect(**new_database("demo"))
        connections.append(connection)
        connection.autocommit = True
        chatwoot.create(connection)
        chatwoot.generate(connection, conversations, seed, until)
        return connection

    yield make
    for connection in connections:
        connection.close()


@pytest.fixture(scope="module")
def demo(new_demo: Callable[..., PgConnection]) -> PgConnection:
    """The demo as `make run` makes it; tests only read it."""
    return new_demo(4000)


@pytest.fixture(scope="module")
def small_demo(new_demo: Callable[..., PgConnection]) -> PgConnection:
    """A demo as small as tests and laptops use it; tests only read it."""
    return new_demo(600)


@pytest.fixture(scope="module")
def lived(new_demo: Callable[..., PgConnection]) -> PgConnection:
    """A demo that has lived on for a month in unequal steps; tests only read it."""
    connection = new_demo(1500, seed=7)
    for hours in (0, 0, 1, 7, 48, 700):
        chatwoot.live(connection, UNTIL + timedelta(hours=hours))
    return connection


@pytest.mark.parametrize(
    ("shape", "version"), [("current", "20260718000000"), ("3.0", "20230801180936")]
)
def test_each_shape_tells_its_version(
    chatwoot_empty: PgConnection, shape: chatwoot.Shape, version: str
) -> None:
    assert not chatwoot.exists(chatwoot_empty)
    chatwoot.create(chatwoot_empty, shape)
    assert chatwoot.exists(chatwoot_empty)
    assert (
        value(chatwoot_empty, "select max(version) from schema_migrations") == version
    )


def test_a_filled_database_can_be_downgraded(
    new_demo: Callable[..., PgConnection], chatwoot_empty: PgConnection
) -> None:
    columns = """
        select string_agg(
            concat_ws(' ', table_name, column_name, data_type, is_nullable), ', '
            order by table_name, column_name
        )
        from information_schema.columns
        where table_schema = 'public'
    """
    filled = new_demo(200)
    messages = count(filled, "messages")
    chatwoot.downgrade(filled)
    chatwoot.create(chatwoot_empty, "3.0")
    assert value(filled, columns) == value(chatwoot_empty, columns)
    assert count(filled, "messages") == messages
    assert value(filled, "select to_regclass('applied_slas')") is None


def test_a_plain_role_owns_the_demo(demo: PgConnection) -> None:
    assert not value(demo, "select rolsuper from pg_roles where rolname = current_user")


def test_same_seed_and_moment_give_the_same_rows(
    new_demo: Callable[..., PgConnection],
) -> None:
    first, second = new_demo(300), new_demo(300)
    assert fingerprint(first) == fingerprint(second)
    changes = [
        chatwoot.live(connection, UNTIL + timedelta(days=3))
        for connection in (first, second)
    ]
    assert changes[0] == changes[1]
    assert fingerprint(first) == fingerprint(second)
    assert fingerprint(new_demo(300, seed=43)) != fingerprint(second)


def test_a_filled_database_is_not_filled_again(demo: PgConnection) -> None:
    with (
        pytest.raises(psycopg2.errors.RaiseException, match="not empty"),
        demo.cursor() as cursor,
    ):
        cursor.execute("select demo.generate(10)")


@pytest.mark.parametrize("trap", TRAPS)
def test_trap_is_present(demo: PgConnection, trap: str) -> None:
    assert count(demo, TRAPS[trap])


@pytest.mark.parametrize("situation", SITUATIONS)
def test_situation_is_in_a_small_demo(small_demo: PgConnection, situation: str) -> None:
    assert count(small_demo, SITUATIONS[situation])


@pytest.mark.parametrize("situation", RARE_SITUATIONS)
def test_situation_is_in_the_demo(demo: PgConnection, situation: str) -> None:
    assert count(demo, RARE_SITUATIONS[situation])


@pytest.mark.parametrize("what", SHARES)
def test_share_lies_in_its_band(demo: PgConnection, what: str) -> None:
    condition, rows, (lowest, highest) = SHARES[what]
    share = value(
        demo,
        f"select (count(*) filter (where {condition}))::float8 / count(*) from {rows}",
    )
    assert isinstance(share, float)
    assert lowest <= share <= highest


def test_the_shares_of_paths_and_inboxes_add_up(demo: PgConnection) -> None:
    assert value(demo, "select sum(share) from demo.inbox_profile") == 1
    assert value(demo, "select sum(share) from demo.intent") == 1
    assert (
        value(
            demo,
            "select count(*) from (select from demo.path_share group by audience"
            " having sum(share) <> 1) as wrong",
        )
        == 0
    )


@pytest.mark.parametrize("rule", VIOLATIONS)
def test_rule_holds(demo: PgConnection, lived: PgConnection, rule: str) -> None:
    assert count(demo, VIOLATIONS[rule]) == 0
    assert count(lived, VIOLATIONS[rule]) == 0


def test_the_history_ends_now(demo: PgConnection) -> None:
    last = value(demo, "select max(created_at) from messages")
    assert isinstance(last, datetime)
    assert timedelta(0) <= UNTIL - last < timedelta(hours=1)


def test_ids_go_on_after_the_demo(lived: PgConnection) -> None:
    with lived.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute(
            """
            insert into contacts (account_id, created_at, updated_at)
            values (1, now(), now());
            insert into conversations (account_id, inbox_id, created_at, updated_at)
            values (1, 1, now(), now());
            insert into messages (
                account_id, inbox_id, conversation_id, message_type, created_at,
                updated_at
            )
            values (1, 1, 1, 0, now(), now());
            """
        )
        cursor.execute("rollback")


def test_the_demo_lives_on_even_if_no_time_has_passed(
    new_demo: Callable[..., PgConnection],
) -> None:
    connection = new_demo(300)
    before = fingerprint(connection)
    changes = chatwoot.live(connection, UNTIL)
    after = fingerprint(connection)
    assert changes["new conversations"] >= 3
    assert changes["conversations deleted"] >= 2
    assert changes["contacts renamed"] == 2
    changed = {table for table in before if before[table] != after[table]}
    assert changed >= {"contacts", "conversations", "messages", "taggings"}


def test_a_day_brings_a_day_of_work(new_demo: Callable[..., PgConnection]) -> None:
    connection = new_demo(2000)
    with connection.cursor() as cursor:
        cursor.execute("create table before as select * from conversations")
    changes = chatwoot.live(connection, UNTIL + timedelta(days=1))
    usual = 2000 / 120
    assert usual / 3 < changes["new conversations"] < usual * 4
    assert changes["conversations continued"] > 0
    assert count(
        connection,
        """
        conversations join before using (id)
        where conversations.last_activity_at > before.last_activity_at
        """,
    )


def test_live_can_follow_another_hand(chatwoot_empty: PgConnection) -> None:
    """Rows that tests or people add by hand do not stand in the demo's way."""
    with closing(chatwoot_empty.cursor()) as cursor:
        chatwoot.create(chatwoot_empty)
        chatwoot.generate(chatwoot_empty, 100, until=UNTIL)
        cursor.execute(
            "insert into conversations (account_id, inbox_id, created_at, updated_at)"
            " select 1, 1, %s, %s from generate_series(1, 10)",
            (UNTIL, UNTIL),
        )
    assert chatwoot.live(chatwoot_empty, UNTIL + timedelta(hours=5))
