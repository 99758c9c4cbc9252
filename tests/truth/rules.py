"""The rules that the cases hold, each with how to take it away from the SQL.

A rule has the number under which it was agreed, and a sentence that says what is true
without it. Spaces in a text of the SQL stand for any white space.
"""

import re
from pathlib import Path
from typing import NamedTuple

from operations.transform import DBT_PROJECT

ANALYTICS = "models/analytics/"
CLASSIFIED = ANALYTICS + "classified_messages.sql"
REPEATED = ANALYTICS + "repeated_messages.sql"
SOURCES = ANALYTICS + "message_sources.sql"
MOMENTS = ANALYTICS + "conversation_moments.sql"
SPEECH = ANALYTICS + "episode_speech.sql"
EVENTS = ANALYTICS + "episode_events.sql"
EPISODES = ANALYTICS + "episodes.sql"
IGNORED = ANALYTICS + "ignored_conversations.sql"
QUEUE = "models/marts/operational/mart_operational_queue.sql"
PEOPLE = "macros/people.sql"


class Rule(NamedTuple):
    """A rule: what holds without it, and what to write in place of what."""

    number: int
    without_it: str
    file: str
    text: str
    instead: str

    def times_found(self, project: Path = DBT_PROJECT) -> int:
        """How often its text stands in its file."""
        return len(self._pattern.findall((project / self.file).read_text()))

    def taken_away(self, project: Path) -> str:
        """Its file without it."""
        content = (project / self.file).read_text()
        return self._pattern.sub(lambda _: self.instead, content)

    @property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(r"\s+".join(map(re.escape, self.text.split())))


RULES = [
    # ---------------------------------------------------------------- 1: delivered
    Rule(
        1,
        "what WhatsApp refused was received",
        CLASSIFIED,
        "coalesce(delivery_status <> 3, true) or message_type <> 1 as is_delivered",
        "true as is_delivered",
    ),
    Rule(
        1,
        "a refused message answers",
        MOMENTS,
        "and together.is_delivered and not together.is_deleted"
        " and not together.is_copy and not together.is_reaction",
        "and not together.is_deleted"
        " and not together.is_copy and not together.is_reaction",
    ),
    Rule(
        1,
        "a refused campaign opens an episode",
        MOMENTS,
        "and together.is_delivered and not together.is_deleted"
        " and not together.is_copy and (",
        "and not together.is_deleted and not together.is_copy and (",
    ),
    Rule(
        1,
        "refused messages are not counted",
        SPEECH,
        "count(*) filter (where not is_delivered)::integer as undelivered_messages",
        "0 as undelivered_messages",
    ),
    # ---------------------------------------------------------------- 2: reactions
    Rule(
        2,
        "a reaction of ours answers",
        MOMENTS,
        "and not together.is_reaction and coalesce(together.content_type",
        "and coalesce(together.content_type",
    ),
    Rule(
        2,
        "a reaction of the customer is speech",
        MOMENTS,
        "and not together.is_copy and not together.is_reaction as is_of_contact",
        "and not together.is_copy as is_of_contact",
    ),
    Rule(
        2,
        "an approving reaction confirms nothing",
        MOMENTS,
        "and is_reaction and is_approving and not is_copy and (",
        "and false and (",
    ),
    Rule(
        2,
        "any reaction approves",
        MOMENTS,
        "and is_reaction and is_approving and not is_copy and (",
        "and is_reaction and not is_copy and (",
    ),
    Rule(
        2,
        "a sticker of ours answers",
        MOMENTS,
        "and coalesce(together.content_type <> 'sticker', true)",
        "",
    ),
    Rule(
        2,
        "a sticker after our answer is a request",
        MOMENTS,
        "when content_type = 'sticker' then 'courtesy'",
        "",
    ),
    Rule(
        2,
        "a reaction to an answer before the last request confirms",
        MOMENTS,
        "or replies_to_id > last_request_id",
        "or true",
    ),
    # ---------------------------------------------------------------- 3: once
    Rule(
        3,
        "copies count",
        CLASSIFIED,
        "coalesce(repeated.is_copy, false) as is_copy",
        "false as is_copy",
    ),
    Rule(
        3,
        "an edit changes no text",
        CLASSIFIED,
        "coalesce(repeated.latest_text, exploded.text) as message_text",
        "exploded.text as message_text",
    ),
    Rule(
        3,
        "the first counts though it was refused",
        SOURCES,
        "message_type = 1 and coalesce(delivery_status = 3, false) as is_failed",
        "false as is_failed",
    ),
    Rule(
        3,
        "one id on both sides is one message",
        SOURCES,
        "hashtextextended(message_type || source_id, 0)",
        "hashtextextended(source_id, 0)",
    ),
    Rule(
        3,
        "ids of an inbox that repeats them over unrelated texts count",
        REPEATED,
        "is_trusted_inbox and is_repetition as is_copy",
        "is_repetition as is_copy",
    ),
    Rule(
        3,
        "a copy in another conversation counts",
        REPEATED,
        "words = original_words or conversation_id = original_conversation_id",
        "conversation_id = original_conversation_id",
    ),
    Rule(
        3,
        "a deleted message of ours answers",
        MOMENTS,
        "and not together.is_deleted and not together.is_copy"
        " and not together.is_reaction",
        "and not together.is_copy and not together.is_reaction",
    ),
    Rule(
        3,
        "a deleted message of the customer still asks",
        MOMENTS,
        "when is_deleted and (next_answer_at > sent_at + {{ gap }}) is not false"
        " then null",
        "",
    ),
    Rule(
        3,
        "what was answered before it was deleted was not asked",
        MOMENTS,
        "when is_deleted then 'request'",
        "when is_deleted then null",
    ),
    # ---------------------------------------------------------------- 4: words
    Rule(
        4,
        "a goodbye after our answer is a request",
        MOMENTS,
        "when sent_at <= last_answered_at + interval '1 hour' then 'courtesy'",
        "when false then 'courtesy'",
    ),
    Rule(
        4,
        "a good evening is a goodbye at any time",
        MOMENTS,
        "when sent_at <= last_answered_at + interval '1 hour' then 'courtesy'",
        "when true then 'courtesy'",
    ),
    Rule(
        4,
        "a no to a closing offer is a request",
        MOMENTS,
        "when is_after_offer then 'courtesy'",
        "when false then 'courtesy'",
    ),
    Rule(
        4,
        "a no to any question is a courtesy",
        MOMENTS,
        "when is_after_offer then 'courtesy'",
        "when true then 'courtesy'",
    ),
    Rule(
        4,
        "the rating that we asked for is a request",
        MOMENTS,
        "when is_rating and rating_asked_at >= last_answered_at then 'courtesy'",
        "",
    ),
    Rule(
        4,
        "a number is a rating though nobody asked for one",
        MOMENTS,
        "when is_rating and rating_asked_at >= last_answered_at then 'courtesy'",
        "when is_rating then 'courtesy'",
    ),
    Rule(
        4,
        "a call that was taken answers nothing",
        CLASSIFIED,
        "given_once.content_type = 12 and (",
        "false and (",
    ),
    # ---------------------------------------------------------------- 5: whose turn
    Rule(
        5,
        "silence closes our turn",
        EPISODES,
        "speech.waiting_since is null and speech.last_message_at",
        "speech.last_message_at",
    ),
    Rule(
        5,
        "who waits for us waits for nobody",
        EPISODES,
        "when is_our_turn and not is_judged then 'waiting_us'",
        "",
    ),
    Rule(
        5,
        "a handoff does not keep the turn",
        SPEECH,
        "least( answered.unanswered_since, answered.handed_over_since,",
        "least( answered.unanswered_since,",
    ),
    Rule(
        5,
        "a person who comes late opens an episode",
        MOMENTS,
        "or last_sign > greatest(last_person, last_ended, 0)",
        "",
    ),
    Rule(
        5,
        "a late answer opens an episode",
        MOMENTS,
        "last_speech_at is null or is_after_silence and ( not is_our_turn or",
        "last_speech_at is null or is_after_silence and ( true or",
    ),
    Rule(
        5,
        "an answer after the horizon goes on in the same episode",
        MOMENTS,
        "< sent_at - {{ horizon }} * case when is_of_person then 2 else 1 end",
        "is null",
    ),
    Rule(
        5,
        "a person's answer after the horizon begins something new",
        MOMENTS,
        "case when is_of_person then 2 else 1 end",
        "1",
    ),
    Rule(
        5,
        'a mere "ok" ends a handoff',
        MOMENTS,
        "when is_mere_ok then null",
        "",
    ),
    Rule(
        7,
        "who answered before may only say hello",
        SPEECH,
        "and moments.speech_act is distinct from 'greeting'",
        "",
    ),
    Rule(
        8,
        "a bad mark and a word that puts off confirm",
        MOMENTS,
        "and not confirms_nothing",
        "",
    ),
    Rule(
        9,
        "what opens where no AI has written hands over",
        MOMENTS,
        "then null else handoff_sign end as sign_of_episode",
        "then handoff_sign else handoff_sign end as sign_of_episode",
    ),
    Rule(
        10,
        "the wait begins with a handoff that has ended",
        MOMENTS,
        "partition by conversation_id, episode_number, persons_before, ended_before",
        "partition by conversation_id, episode_number, persons_before",
    ),
    Rule(
        6,
        "the answer to our campaign is a return",
        EPISODES,
        "and is_after_outbound is not true",
        "",
    ),
    Rule(
        5,
        "who reminds us after a day begins anew",
        MOMENTS,
        "and (not is_our_turn or last_waited_for_at < sent_at - {{ horizon }})"
        " as opens_after_silence",
        "as opens_after_silence",
    ),
    Rule(
        5,
        "who reminds us after the horizon goes on in the same episode",
        MOMENTS,
        "and (not is_our_turn or last_waited_for_at < sent_at - {{ horizon }})"
        " as opens_after_silence",
        "and not is_our_turn as opens_after_silence",
    ),
    Rule(
        5,
        "the customer's word that it is solved does not end a handoff",
        MOMENTS,
        "when says_solved and speech_act = 'courtesy' then message_number",
        "",
    ),
    Rule(
        5,
        "thanks for the AI's answer do not end a handoff",
        MOMENTS,
        "last_said_at ) then confirmed_number end as ended_number",
        "last_said_at ) then null end as ended_number",
    ),
    Rule(
        5,
        "thanks for another answer days later end a handoff",
        MOMENTS,
        "over before + interval '1 hour'",
        "over before + interval '1 year'",
    ),
    Rule(
        5,
        "a hello after the AI's promise to come back keeps it",
        SPEECH,
        "else counted.last_help_number end",
        "else counted.last_answer_number end",
    ),
    Rule(
        5,
        "what the AI says keeps the promise of a person",
        SPEECH,
        "when moments.is_of_person then counted.last_help_of_person_number",
        "when false then 0",
    ),
    Rule(
        5,
        "automatic texts answer",
        MOMENTS,
        "and together.sender_class in ('ai', 'human', 'human_phone') and"
        " together.is_delivered",
        "and together.sender_class in ('ai', 'human', 'human_phone', 'automation')"
        " and together.is_delivered",
    ),
    Rule(
        5,
        "a courtesy ends our turn",
        SPEECH,
        "max(message_number) filter (where is_answering) as last_answer_number",
        "max(message_number) filter (where is_answering or speech_act = 'courtesy')"
        " as last_answer_number",
    ),
    Rule(
        5,
        "what the AI says after a handoff ends it",
        SPEECH,
        "> greatest(counted.last_person_number, counted.last_ended_number, 0) ) as"
        " handed_over_since",
        "> greatest(counted.last_answer_number, counted.last_ended_number, 0) ) as"
        " handed_over_since",
    ),
    Rule(
        5,
        "the wait counts from the last request",
        SPEECH,
        "min(moments.sent_at) filter ( where moments.is_request and"
        " moments.message_number",
        "max(moments.sent_at) filter ( where moments.is_request and"
        " moments.message_number",
    ),
    # ---------------------------------------------------------------- 6: questions
    Rule(
        6,
        "a menu or form by its type is no question",
        MOMENTS,
        "content_type in ( 'input_text', 'input_textarea', 'input_email',"
        " 'input_select', 'form' )",
        "false",
    ),
    Rule(
        6,
        "the AI's open question, then silence, is solved",
        EPISODES,
        "when not has_answer or has_open_question or asked_for_person_in_vain",
        "when not has_answer or asked_for_person_in_vain",
    ),
    Rule(
        6,
        "a person's open question, then silence, is solved",
        EPISODES,
        "not is_judged and (has_open_question or not has_answer)",
        "not is_judged and not has_answer",
    ),
    Rule(
        6,
        "a person who presses resolve has not judged",
        EPISODES,
        "closed_by in ('agent', 'contact') or",
        "closed_by = 'contact' or",
    ),
    Rule(
        6,
        "a closing offer closes the question before it",
        SPEECH,
        "is_answering and not is_taken_call and speech_act <> 'closing_offer'",
        "is_answering and not is_taken_call",
    ),
    Rule(
        6,
        "whoever was abandoned stopped at our question",
        EPISODES,
        "and has_open_question and closed_at is not null",
        "and closed_at is not null",
    ),
    Rule(
        6,
        "a late answer to our question is a return",
        EPISODES,
        "and not local_times.stopped_at_our_question, false",
        ", false",
    ),
    # ---------------------------------------------------------------- 7: answers
    Rule(
        7,
        "a greeting is an answer",
        SPEECH,
        "moments.speech_act = 'answer' and",
        "moments.speech_act in ('answer', 'greeting') and",
    ),
    Rule(
        7,
        "an announcement is an answer",
        SPEECH,
        "moments.speech_act = 'answer' and",
        "moments.speech_act in ('answer', 'transfer') and",
    ),
    Rule(
        7,
        "a promise to come back is an answer",
        MOMENTS,
        "when promises_return and text_class = 'answer' then 'transfer'",
        "",
    ),
    Rule(
        7,
        "what was answered before the handoff answers it",
        SPEECH,
        ">= greatest(counted.request_number, counted.last_sign_number)",
        ">= counted.request_number",
    ),
    Rule(
        7,
        "the AI's mere hello solves",
        EPISODES,
        "when not has_answer or has_open_question or asked_for_person_in_vain",
        "when has_open_question or asked_for_person_in_vain",
    ),
    Rule(
        7,
        "a person's mere hello solves",
        EPISODES,
        "not is_judged and (has_open_question or not has_answer)",
        "not is_judged and has_open_question",
    ),
    Rule(
        7,
        "a file of ours is no answer",
        MOMENTS,
        "else coalesce(text_class, 'answer')",
        "else text_class",
    ),
    # ---------------------------------------------------------------- 8: confirmed
    Rule(
        8,
        "thanks confirm nothing",
        EPISODES,
        "when is_confirmed then 'ai_resolved_confirmed'",
        "",
    ),
    Rule(
        8,
        "thanks confirm what was no answer",
        MOMENTS,
        "when last_said[2] = 1 then last_said[1]",
        "else last_said[1]",
    ),
    Rule(
        8,
        "thanks confirm while a request is open",
        MOMENTS,
        "when coalesce(last_request > last_answer, false) then null",
        "when false then null",
    ),
    Rule(
        8,
        "a courtesy never answers a question of yes or no",
        MOMENTS,
        "and last_said[2] = 2 and last_said[3] = 1",
        "and false",
    ),
    Rule(
        8,
        "a courtesy answers a menu too",
        MOMENTS,
        "and last_said[2] = 2 and last_said[3] = 1",
        "and last_said[2] = 2",
    ),
    Rule(
        8,
        "thanks close a menu or a request for data",
        SPEECH,
        "bounded.last_said[3] = 1 and",
        "",
    ),
    Rule(
        8,
        "thanks after a closing offer confirm no answer before it",
        MOMENTS,
        "where is_answering and answer_class <> 'closing_offer'"
        " ) over before as last_said,",
        "where is_answering ) over before as last_said,",
    ),
    Rule(
        8,
        "a courtesy to a question of ours is a yes though nothing was asked for",
        MOMENTS,
        "and has_asked and",
        "and",
    ),
    # ---------------------------------------------------------------- 9: handoffs
    Rule(
        9,
        "the bot's event is no sign",
        MOMENTS,
        "when moment_kind = 'bot_event' then 'bot_event'",
        "",
    ),
    Rule(
        9,
        "an announcement is no sign",
        MOMENTS,
        "when is_of_ai and text_class = 'transfer' then 'announced'",
        "",
    ),
    Rule(
        9,
        "an opening or assignment is no sign",
        MOMENTS,
        "when activity in ('assigned', 'opened') and is_done_by_machine then activity",
        "",
    ),
    Rule(
        9,
        "what a person assigns or opens himself is a sign",
        MOMENTS,
        "when activity in ('assigned', 'opened') and is_done_by_machine then activity",
        "when activity in ('assigned', 'opened') then activity",
    ),
    Rule(
        9,
        "an opening that no line explains is no sign",
        MOMENTS,
        "and not has_person_around then 'opened'",
        "and false then 'opened'",
    ),
    Rule(
        9,
        "an opening without a line counts though a person writes at once",
        MOMENTS,
        "and not has_person_around then 'opened'",
        "then 'opened'",
    ),
    Rule(
        9,
        "an opening that a line explains counts once more",
        MOMENTS,
        "and not has_opening_line and",
        "and",
    ),
    Rule(
        9,
        "the end of a snooze is a handoff",
        MOMENTS,
        "and not coalesce(was_snoozed, false) and",
        "and",
    ),
    Rule(
        9,
        "a label is no sign",
        MOMENTS,
        "when moment_kind = 'labelled' and not has_label_line_of_person then"
        " 'labelled'",
        "",
    ),
    Rule(
        9,
        "a label that a person gives is a sign",
        MOMENTS,
        "when moment_kind = 'labelled' and not has_label_line_of_person then",
        "when moment_kind = 'labelled' then",
    ),
    Rule(
        9,
        "routing counts as handoff",
        MOMENTS,
        "when next_ai_help < coalesce(next_person, next_ai_help + 1) then null",
        "",
    ),
    Rule(
        9,
        "the AI that goes on asking has handed over",
        MOMENTS,
        "where is_of_ai and answer_class in ('answer', 'question')"
        " ) over after_it as next_ai_help",
        "where is_of_ai and answer_class = 'answer' ) over after_it as next_ai_help",
    ),
    Rule(
        9,
        "what was done before the AI wrote is a handoff",
        MOMENTS,
        "when last_ai_at is null or last_ai_at < sent_at - {{ gap }} then null",
        "",
    ),
    Rule(
        9,
        "assigning to an AI is a handoff",
        CLASSIFIED,
        "and not coalesce(named_doers.assignee = any(ai_names.lower_names), false)",
        "",
    ),
    Rule(
        9,
        "users that are AIs are persons",
        CLASSIFIED,
        "when given_once.sender = 'User' and ai_agents.user_id is not null then 'ai'",
        "",
    ),
    Rule(
        9,
        "a request for a person is never a handoff",
        MOMENTS,
        "when not is_asking_for_person"
        " or next_sign < coalesce(next_person, next_sign + 1) then null",
        "when true then null",
    ),
    Rule(
        9,
        "a request for a person dates the handoff though a sign follows",
        MOMENTS,
        "or next_sign < coalesce(next_person, next_sign + 1) then null",
        "then null",
    ),
    Rule(
        9,
        "a sign after the person came dates what was asked for before",
        MOMENTS,
        "or next_sign < coalesce(next_person, next_sign + 1) then null",
        "or next_sign is not null then null",
    ),
    Rule(
        9,
        "a note of the AI takes a handoff up",
        SPEECH,
        "and agents.is_ai is not true",
        "",
    ),
    Rule(
        9,
        "a bot has no name",
        CLASSIFIED,
        "from {{ ref('names_in_lines') }} where is_ai",
        "from {{ ref('names_in_lines') }} where is_ai and lower_name = 'assistente'",
    ),
    Rule(
        9,
        "where no AI is, a request for a person is a handoff",
        MOMENTS,
        "when (last_ai_at >= sent_at - {{ gap }}) is not true"
        " and (next_ai_at <= sent_at + {{ gap }}) is not true then null",
        "",
    ),
    Rule(
        9,
        "an AI that wrote long before hands over what it never saw",
        MOMENTS,
        "when (last_ai_at >= sent_at - {{ gap }}) is not true"
        " and (next_ai_at <= sent_at + {{ gap }}) is not true then null",
        "when last_ai_at is null and next_ai is null then null",
    ),
    Rule(
        9,
        "a request for a person that the AI satisfied is a handoff",
        MOMENTS,
        "and next_person_and_contact[2] < next_ai_answer then",
        "then",
    ),
    Rule(
        9,
        "who asked for a person in vain was served",
        EPISODES,
        "when not has_answer or has_open_question or asked_for_person_in_vain",
        "when not has_answer or has_open_question",
    ),
    Rule(
        9,
        "a promise keeps nobody waiting",
        MOMENTS,
        "is_of_person and (answer_class = 'transfer' or promises_return)"
        " or is_of_ai and promises_return as is_promise",
        "false as is_promise",
    ),
    Rule(
        9,
        "who presses resolve without a word took the handoff up",
        EPISODES,
        "has_open_handoff and closed_by = 'agent' and",
        "false and",
    ),
    Rule(
        9,
        "who presses resolve after a mere hello of the AI has solved it",
        EPISODES,
        "when closed_by = 'agent' and (has_answer or noted_at <= closed_at) then",
        "when closed_by = 'agent' then",
    ),
    Rule(
        9,
        "a note after the handoff took nothing up",
        EPISODES,
        "and (noted_at <= closed_at) is not true as is_handoff_ignored",
        "as is_handoff_ignored",
    ),
    Rule(
        9,
        "a note before the handoff took it up",
        SPEECH,
        "and moments.sent_at"
        " >= coalesce(answered.last_handed_over_at, counted.handoff_at)",
        "",
    ),
    Rule(
        9,
        "a person's word ends no handoff",
        SPEECH,
        "> greatest(counted.last_person_number, counted.last_ended_number, 0)"
        " ) as handed_over_since",
        "> greatest(counted.last_ended_number, 0) ) as handed_over_since",
    ),
    Rule(
        9,
        "the last sign dates the handoff",
        SPEECH,
        "min(sent_at) filter (where handoff_sign is not null) as handoff_at",
        "max(sent_at) filter (where handoff_sign is not null) as handoff_at",
    ),
    Rule(
        9,
        "the last sign names the handoff",
        SPEECH,
        "(array_agg(handoff_sign order by message_number) filter",
        "(array_agg(handoff_sign order by message_number desc) filter",
    ),
    Rule(
        9,
        "a second handoff waits from the first",
        MOMENTS,
        "partition by conversation_id, episode_number, persons_before",
        "partition by conversation_id, episode_number",
    ),
    Rule(
        9,
        "what rules and the system do is no sign",
        CLASSIFIED,
        'named_doers.doer ~ \'^(?:{{ var("machine_names") | join("|") }})$\' or',
        "",
    ),
    Rule(
        9,
        "what an AI does by its name is no sign",
        CLASSIFIED,
        "or coalesce(named_doers.doer = any(ai_names.lower_names), false)",
        "",
    ),
    # ---------------------------------------------------------------- 10: waits
    Rule(
        10,
        "the wait runs from the request though it was handed over",
        MOMENTS,
        "when handed_over_at <= sent_at"
        " and last_sign_of_episode > coalesce(last_ended_of_episode, 0) then"
        " handed_over_at",
        "",
    ),
    Rule(
        10,
        "a close ends the wait",
        MOMENTS,
        "and last_sign_of_episode > coalesce(last_ended_of_episode, 0) then",
        "and last_sign > coalesce(last_ended, 0) then",
    ),
    Rule(
        10,
        "who comes after a machine closed did nothing",
        EPISODES,
        "or closes.human_wait_started_at <= closes.closed_at,",
        ",",
    ),
    Rule(
        10,
        "without a handoff nobody waits",
        MOMENTS,
        "then asked_at end as human_wait_started_at",
        "then null end as human_wait_started_at",
    ),
    Rule(
        10,
        "who did not wait waited 0 seconds",
        MOMENTS,
        "then asked_at end as human_wait_started_at",
        "then asked_at when persons_before = 0 then sent_at"
        " end as human_wait_started_at",
    ),
    Rule(
        10,
        "a takeover is a handoff",
        SPEECH,
        "min(sent_at) filter (where handoff_sign is not null) as handoff_at",
        "min(sent_at) filter (where handoff_sign is not null or is_takeover)"
        " as handoff_at",
    ),
    Rule(
        10,
        "a handoff that was taken up is a takeover",
        MOMENTS,
        "and last_sign_of_episode is null as is_takeover",
        "as is_takeover",
    ),
    Rule(
        10,
        "in each takeover somebody waited",
        SPEECH,
        "bool_or(is_takeover and human_wait_started_at is not null)",
        "bool_or(is_takeover)",
    ),
    Rule(
        10,
        "a wait outside the hours has a working time of 0",
        EPISODES,
        "nullif(local_times.human_response_working_seconds, 0)",
        "local_times.human_response_working_seconds",
    ),
    Rule(
        10,
        "clocks that are turned back make times negative",
        MOMENTS,
        "local_asked_at + (sent_at - replies_to_request_at) as local_replied_at",
        "case when isfinite(sent_at) then local_sent_at end as local_replied_at",
    ),
    Rule(
        10,
        "a wait counts from a request that was answered",
        MOMENTS,
        "and last_request_of_episode > coalesce(last_answer_of_episode, 0) then"
        " asked_at",
        "then first_value(sent_at) over (partition by conversation_id,"
        " episode_number order by sent_at)",
    ),
    # ---------------------------------------------------------------- 11: closers
    Rule(
        11,
        "the shortest name closes",
        EVENTS,
        "length(names.lower_name) desc",
        "length(names.lower_name) asc",
    ),
    Rule(
        11,
        "the beginning of a name is an AI's",
        EVENTS,
        "when names.lower_name = named_closers.doer then 'ai'",
        "else 'ai'",
    ),
    Rule(
        11,
        "a customer with an agent's name is the agent",
        EVENTS,
        "and close_lines.doer = lower(trim(conversations.contact_name))",
        "and false",
    ),
    Rule(
        11,
        "an agent with the customer's name is the customer",
        EVENTS,
        """close_lines.said !~* '{{ line_of("marked") }}' and""",
        "",
    ),
    Rule(
        11,
        "the event's user comes before the line",
        EVENTS,
        "when closers_of_lines.closer is not null then",
        "when close_events.is_of_agent then 'agent'"
        " when closers_of_lines.closer is not null then",
    ),
    Rule(
        11,
        "the event's user says nothing",
        EVENTS,
        "when close_events.is_of_agent then 'agent'",
        "",
    ),
    Rule(
        11,
        "the bot's event says AI though a line names somebody",
        EVENTS,
        "when close_events.is_bot_resolved and close_lines.said is null then 'ai'",
        "when close_events.is_bot_resolved then 'ai'",
    ),
    Rule(
        11,
        "closing for inactivity is a judgement",
        EPISODES,
        "closed_by in ('agent', 'contact') or",
        "closed_by in ('agent', 'contact', 'auto_resolve') or",
    ),
    # ---------------------------------------------------------------- 12: the queue
    Rule(
        12,
        "the AI holds no open conversation",
        QUEUE,
        "inboxes_with_ai.inbox_id is not null and",
        "inboxes_with_ai.inbox_id is not null and candidates.is_pending and",
    ),
    Rule(
        12,
        "the AI holds conversations where no AI is",
        QUEUE,
        "inboxes_with_ai.inbox_id is not null and",
        "true and",
    ),
    Rule(
        12,
        "the AI holds what it handed over",
        QUEUE,
        "and not coalesce(last_episodes.has_open_handoff, false)",
        "",
    ),
    Rule(
        12,
        "the AI holds where a person has written",
        QUEUE,
        "and not coalesce(last_episodes.has_human, false)",
        "",
    ),
    Rule(
        12,
        "the AI is silent from the first second",
        QUEUE,
        "and waiting.waited_seconds > 60 * {{ parameter('ai_silence_minutes') }}",
        "",
    ),
    Rule(
        12,
        "who was forgotten still waits",
        QUEUE,
        'last_waited_for_at > as_of - interval \'{{ parameter("queue_horizon_days") }}'
        " days'",
        "last_waited_for_at is not null",
    ),
    Rule(
        12,
        "who was forgotten is no number",
        QUEUE,
        "waiting.is_forgotten::integer as queue_forgotten",
        "0 as queue_forgotten",
    ),
    Rule(
        12,
        "forgotten counts from the first request",
        QUEUE,
        'last_waited_for_at <= as_of - interval \'{{ parameter("queue_horizon_days") }}'
        " days'",
        "waiting_since <= as_of"
        " - interval '{{ parameter(\"queue_horizon_days\") }} days'",
    ),
    Rule(
        12,
        "who was forgotten long ago was so just now",
        QUEUE,
        "and waiting.last_waited_for_at > waiting.as_of"
        " - interval '{{ parameter(\"queue_horizon_days\") + 7 }} days'",
        "",
    ),
    Rule(
        12,
        "the age counts from the last request",
        QUEUE,
        "{{ seconds_between('waiting_since', 'as_of') }}::double precision"
        " as waited_seconds",
        "{{ seconds_between('last_waited_for_at', 'as_of') }}::double precision"
        " as waited_seconds",
    ),
    Rule(
        12,
        "the bands of age hold their upper border",
        QUEUE,
        "when waiting.waited_seconds < 900 then",
        "when waiting.waited_seconds <= 900 then",
    ),
    Rule(
        12,
        "whoever is unassigned waits",
        QUEUE,
        "and waiting.is_waiting and waiting.assignee_id is null",
        "and waiting.assignee_id is null",
    ),
    Rule(
        12,
        "what is snoozed waits",
        QUEUE,
        "when candidates.status = 3 then 'snoozed'",
        "",
    ),
    Rule(
        5,
        "a machine closes though it is our turn, and the late answer is something new",
        MOMENTS,
        "array_agg(occurred_at order by occurred_at) filter (where not is_by_machine)"
        " as judged_at",
        "array_agg(occurred_at order by occurred_at) as judged_at",
    ),
    Rule(
        5,
        "what a machine closes in the customer's turn goes on",
        MOMENTS,
        "where is_close_by_machine and not is_our_turn",
        "where false",
    ),
    Rule(
        5,
        "the time of a machine's close stands though somebody said more",
        EVENTS,
        "min(events.occurred_at) filter (where void_closes.sent_at is null)",
        "min(events.occurred_at)",
    ),
    Rule(
        5,
        "a machine's close in our turn is none, though nobody said more",
        EVENTS,
        "where messages.closes_nothing and messages.sent_at < speech.last_message_at",
        "where messages.closes_nothing",
    ),
    Rule(
        12,
        "what a machine or a click resolved waits no longer",
        QUEUE,
        "or closed_waiting.conversation_id is not null",
        "",
    ),
    Rule(
        12,
        "what was resolved unanswered waits for ever",
        QUEUE,
        "'{{ parameter(\"queue_horizon_days\") + 7 }} days' ), candidates",
        "'9999 days' ), candidates",
    ),
    Rule(
        12,
        "who was written to after the resolve waits on",
        QUEUE,
        "and last_episodes.next_started_at is null",
        "",
    ),
    Rule(
        12,
        "a bot that is set in an inbox is no AI of it",
        QUEUE,
        "where has_active_bot",
        "where false",
    ),
    Rule(
        12,
        "an AI that writes without being set is no AI of its inbox",
        QUEUE,
        "where episodes.has_ai and",
        "where false and",
    ),
    Rule(
        12,
        "an AI that once wrote in an inbox is its AI for ever",
        QUEUE,
        "and episodes.last_message_at > last_load.as_of - interval '30 days'",
        "",
    ),
    Rule(
        12,
        "what is resolved waits, also if it is nobody's turn",
        QUEUE,
        "or last_episodes.waiting_since is not null"
        " and last_episodes.next_started_at is null",
        "or true",
    ),
    Rule(
        12,
        "a blocked contact waits",
        QUEUE,
        "and not coalesce(context.is_contact_blocked, false)",
        "",
    ),
    # ---------------------------------------------------------------- 14: no customers
    Rule(
        14,
        "a group is a customer by its id",
        PEOPLE,
        r"~* '@g\.us$'",
        "~* '@nobody$'",
    ),
    Rule(
        14,
        "a group is a customer by its type",
        IGNORED,
        "not in ('', '0', 'false', 'individual')",
        "= 'nothing'",
    ),
    Rule(
        14,
        "a status or list of recipients is a customer",
        PEOPLE,
        "~* '@(broadcast|newsletter)$'",
        "~* '@nobody$'",
    ),
    Rule(
        14,
        "a named number of tests is a customer",
        IGNORED,
        "ignored_contacts.phone_digits = described.phone_digits or",
        "",
    ),
    Rule(
        14,
        "a label ignores nothing",
        IGNORED,
        "on lower(titles.label) = ignored_contacts.ignored_label",
        "on false",
    ),
    Rule(
        14,
        "who is no customer has a demand",
        EPISODES,
        "and reasoned.ignored_reason is null as has_demand",
        "as has_demand",
    ),
    Rule(
        14,
        "a group is a customer by its name",
        IGNORED,
        "trim(conversations.contact_identifier), trim(conversations.contact_name)",
        "trim(conversations.contact_identifier)",
    ),
    Rule(
        14,
        "a group is a customer by an attribute of the integration",
        IGNORED,
        "and attributes.key ~* '(jid|chat_?id)$'",
        "and false",
    ),
    # ---------------------------------------------------------------- 15: one person
    Rule(
        15,
        "a mobile without its ninth digit is another person",
        PEOPLE,
        r"'\19\2'",
        r"'\1\2'",
    ),
    Rule(15, "a landline gets a ninth digit", PEOPLE, "([6-9][0-9]{7})", "([0-9]{8})"),
    Rule(
        15,
        "old mobiles begin with 7 to 9 only",
        PEOPLE,
        "([6-9][0-9]{7})",
        "([7-9][0-9]{7})",
    ),
    Rule(
        15,
        "any two digits are an area",
        PEOPLE,
        "^(55(?:{{ brazilian_areas() }}))",
        "^(55[0-9]{2})",
    ),
    # ---------------------------------------------------------------- 16: AI senders
    Rule(
        16,
        "types of senders that are AIs are automations",
        CLASSIFIED,
        "when ai_senders.sender_type is not null then 'ai'",
        "",
    ),
]
