-- How an episode may go: which way, in which steps, at which pace.

create table demo.path_share (
    audience text not null,
    path text not null,
    share numeric not null,
    primary key (audience, path)
);

-- What the chain lives with: the AI solves a third; people take over more often than
-- the AI hands over, as nobody told the bot; one transfer of four is taken up by nobody.
insert into demo.path_share (audience, path, share)
values
    ('ai', 'ai_confirmed', 0.24),
    ('ai', 'ai_assumed', 0.10),
    -- Its question, menu or request for data is the last word.
    ('ai', 'ai_abandoned', 0.05),
    ('ai', 'ai_menu', 0.01),
    ('ai', 'ai_select', 0.01),
    ('ai', 'ai_data_request', 0.02),
    ('ai', 'handoff', 0.14),
    -- 3-8 % of AI threads: announced, and nobody came.
    ('ai', 'handoff_unanswered', 0.05),
    -- No word of a transfer: a team, a label or an opening says it.
    ('ai', 'handed_over', 0.02),
    -- Assigned to a team at once, and the AI goes on: no handoff.
    ('ai', 'ai_routed', 0.02),
    ('ai', 'asks_for_person', 0.02),
    ('ai', 'asks_in_vain', 0.01),
    -- With those from the phone 30-50 % of a person's episodes.
    ('ai', 'takeover', 0.17),
    ('ai', 'human_question', 0.02),
    ('ai', 'human_promise', 0.01),
    ('ai', 'phone', 0.02),
    ('ai', 'unanswered', 0.03),
    ('ai', 'ai_stalled', 0.01),
    ('ai', 'outbound', 0.01),
    ('ai', 'outbound_silent', 0.02),
    ('ai', 'silent_close', 0.005),
    ('ai', 'call', 0.015),
    ('phone', 'ai_confirmed', 0.20),
    ('phone', 'ai_assumed', 0.15),
    ('phone', 'phone', 0.40),
    ('phone', 'handoff', 0.15),
    ('phone', 'unanswered', 0.10),
    ('human', 'human', 0.55),
    ('human', 'human_question', 0.06),
    ('human', 'human_promise', 0.02),
    ('human', 'unanswered', 0.12),
    ('human', 'phone', 0.12),
    ('human', 'outbound', 0.05),
    ('human', 'outbound_silent', 0.04),
    ('human', 'silent_close', 0.01),
    ('human', 'call', 0.03),
    ('site', 'campaign', 0.25),
    ('site', 'campaign_silent', 0.20),
    ('site', 'ai_confirmed', 0.25),
    ('site', 'ai_abandoned', 0.07),
    ('site', 'ai_menu', 0.03),
    ('site', 'handoff', 0.20),
    ('email', 'human', 0.65),
    ('email', 'human_question', 0.05),
    ('email', 'unanswered', 0.30),
    ('blocked', 'blocked', 1.00),
    ('group', 'group', 1.00),
    ('status', 'status', 1.00),
    ('test', 'test', 1.00),
    ('imported', 'imported', 1.00),
    ('revived', 'campaign_silent', 1.00),
    ('revived later', 'outreach', 1.00);

create table demo.pace (
    name text primary key,
    median double precision not null, -- seconds
    sigma double precision not null,
    is_human boolean not null, -- some people are slower, all in the bad week
    waits_for_opening boolean not null
);

insert into demo.pace (name, median, sigma, is_human, waits_for_opening)
values
    ('start', 0.2, 0.3, false, false),
    ('at_once', 0.4, 0.3, false, false),
    ('bubble', 9, 0.6, false, false),
    ('ai', 6, 0.5, false, false),
    ('customer', 75, 1.2, false, false),
    ('impatient', 2400, 0.9, false, false),
    ('human_first', 720, 1.3, true, true),
    ('human', 140, 1.0, true, false),
    ('wrap_up', 900, 1.0, false, false),
    ('bot_close', 1800, 0.5, false, false),
    ('later', 21600, 1.0, false, false),
    ('inactivity', 259200, 0, false, false);

-- What may happen in an episode, in order. A step happens if the roll for its topic is
-- below its chance, so steps of one topic stand or fall together; the round moves on to
-- the next variant of the same part. only_when: the inbox has an AI, a bot or no bot,
-- it takes calls or not, it is closed, this is the first episode, somebody presses
-- resolve (closes), and a survey follows (csat); inactivity is closed by Chatwoot
-- (inactive), and that after nobody has (left_open).
create table demo.step (
    path text not null,
    position integer not null,
    speaker text not null,
    part text not null,
    topic text not null,
    round integer not null,
    chance double precision not null,
    pace text not null,
    action text,
    only_when text,
    primary key (path, position)
);

insert into demo.step
with

-- Every AI conversation begins alike.
ai_opening (
    position, speaker, part, topic, round, chance, pace, action, only_when
) as (
    values
    (1, 'contact', 'customer_hello', 'hello', 0, 0.45, 'start', null, null),
    (2, 'contact', 'customer_opening', 'opening', 0, 1, 'bubble', null, null),
    (3, 'ai', 'ai_hello', 'ai_hello', 0, 0.75, 'ai', null, null),
    (4, 'ai', 'ai_question', 'question', 0, 0.85, 'ai', null, null),
    (5, 'contact', 'customer_detail', 'question', 0, 0.85, 'customer', null, null)
),

-- Wherever a person answers, the talk goes on like this, after an assignment.
human_talk (
    position, speaker, part, topic, round, chance, pace, action, only_when
) as (
    values
    (21, 'human', 'human_hello', 'human_hello', 0, 0.85, 'human', null, null),
    (22, 'note', 'note', 'note', 0, 0.18, 'bubble', null, null),
    (23, 'human', 'human_wait', 'wait', 0, 0.3, 'bubble', null, null),
    (24, 'human', 'human_answer', 'answer', 0, 1, 'human', null, null),
    (25, 'contact', 'customer_follow_up', 'follow_up', 0, 0.7, 'customer', null, null),
    (26, 'human', 'human_follow_up', 'follow_up', 0, 0.7, 'human', null, null),
    (27, 'contact', 'customer_follow_up', 'follow_up', 1, 0.4, 'customer', null, null),
    (28, 'human', 'human_follow_up', 'follow_up', 1, 0.4, 'human', null, null),
    (29, 'contact', 'customer_ok', 'ok', 0, 0.3, 'customer', null, null),
    (30, 'activity', 'activity_label', 'tag', 0, 0.3, 'wrap_up', 'label', null),
    (
        31, 'activity', 'activity_priority', 'urgent', 0, 0.06, 'bubble', 'priority',
        null
    ),
    (32, 'contact', 'customer_thanks', 'thanks', 0, 0.6, 'customer', null, null),
    (33, 'human', 'human_goodbye', 'goodbye', 0, 0.5, 'human', null, null),
    (34, 'activity', 'activity_snooze', 'snooze', 0, 0.03, 'wrap_up', 'snooze', null),
    (
        35, 'activity', 'activity_resolve', 'close', 0, 1, 'wrap_up', 'resolve',
        'closes'
    ),
    (36, 'survey', 'survey', 'close', 0, 1, 'at_once', null, 'csat'),
    (37, 'contact', 'customer_thanks', 'late', 1, 0.08, 'impatient', null, null),
    (
        38, 'activity', 'activity_auto_resolve', 'inactive', 0, 1, 'inactivity',
        'auto_resolve', 'left_open'
    )
),

paths (
    path, position, speaker, part, topic, round, chance, pace, action, only_when
) as (
    select
        path.name,
        opening.*
    from ai_opening as opening
    cross join unnest(array[
        'ai_confirmed', 'ai_assumed', 'ai_abandoned', 'handoff', 'handoff_unanswered',
        'handed_over', 'ai_routed', 'ai_stalled', 'takeover'
    ]) as path (name)
    where path.name <> 'ai_abandoned' or opening.position < 5
    union all
    -- Here the AI asks no question of its own.
    select
        path.name,
        opening.*
    from ai_opening as opening
    cross join unnest(array[
        'ai_menu', 'ai_select', 'ai_data_request', 'asks_in_vain'
    ]) as path (name)
    where opening.position < 4
    union all
    select
        path.name,
        talk.*
    from human_talk as talk
    cross join unnest(array[
        'handoff', 'handed_over', 'takeover', 'human'
    ]) as path (name)
    union all
    values
    (
        'handoff', 20, 'activity', 'activity_assign', 'assign', 0, 0.9, 'human_first',
        'assign', null
    ),
    (
        'human', 20, 'activity', 'activity_assign', 'assign', 0, 0.9, 'human_first',
        'assign', null
    ),
    (
        'handed_over', 20, 'activity', 'activity_self_assign', 'assign', 0, 0.9,
        'human_first', 'assign', null
    ),
    (
        'takeover', 20, 'activity', 'activity_self_assign', 'assign', 0, 0.9,
        'human_first', 'assign', null
    ),
    ('ai_confirmed', 6, 'ai', 'ai_answer', 'answer', 0, 1, 'ai', null, null),
    ('ai_confirmed', 7, 'ai', 'ai_extra', 'extra', 0, 0.35, 'ai', null, null),
    (
        'ai_confirmed', 8, 'contact', 'customer_follow_up', 'follow_up', 0, 0.7,
        'customer', null, null
    ),
    ('ai_confirmed', 9, 'ai', 'ai_follow_up', 'follow_up', 0, 0.7, 'ai', null, null),
    (
        'ai_confirmed', 10, 'contact', 'customer_follow_up', 'follow_up', 1, 0.4,
        'customer', null, null
    ),
    ('ai_confirmed', 11, 'ai', 'ai_follow_up', 'follow_up', 1, 0.4, 'ai', null, null),
    ('ai_confirmed', 12, 'ai', 'ai_check', 'check', 0, 0.4, 'ai', null, null),
    (
        'ai_confirmed', 13, 'contact', 'customer_no_more', 'check', 0, 0.2, 'customer',
        null, null
    ),
    (
        'ai_confirmed', 14, 'contact', 'customer_thanks', 'thanks', 0, 1, 'customer',
        null, null
    ),
    ('ai_confirmed', 15, 'ai', 'ai_goodbye', 'goodbye', 0, 0.85, 'ai', null, null),
    (
        'ai_confirmed', 16, 'ai', 'ai_rating_request', 'rating', 0, 0.06, 'ai', null,
        null
    ),
    (
        'ai_confirmed', 17, 'contact', 'customer_rating', 'rating', 0, 0.04, 'customer',
        null, null
    ),
    (
        'ai_confirmed', 18, 'activity', 'activity_bot_resolve', 'close', 0, 1,
        'bot_close', 'bot_resolve', 'closes'
    ),
    ('ai_confirmed', 19, 'survey', 'survey', 'close', 0, 1, 'at_once', null, 'csat'),
    ('ai_assumed', 6, 'ai', 'ai_answer', 'answer', 0, 1, 'ai', null, null),
    ('ai_assumed', 7, 'ai', 'ai_extra', 'extra', 0, 0.35, 'ai', null, null),
    (
        'ai_assumed', 8, 'contact', 'customer_follow_up', 'follow_up', 0, 0.5,
        'customer', null, null
    ),
    ('ai_assumed', 9, 'ai', 'ai_follow_up', 'follow_up', 0, 0.5, 'ai', null, null),
    ('ai_assumed', 10, 'contact', 'customer_ok', 'ok', 0, 0.2, 'customer', null, null),
    (
        'ai_assumed', 11, 'activity', 'activity_bot_resolve', 'close', 0, 1,
        'bot_close', 'bot_resolve', 'closes'
    ),
    ('ai_menu', 4, 'ai', 'ai_menu', 'menu', 0, 1, 'ai', null, null),
    (
        'ai_menu', 5, 'contact', 'customer_option', 'choice', 0, 0.4, 'customer', null,
        null
    ),
    ('ai_menu', 6, 'ai', 'ai_answer', 'choice', 0, 0.4, 'ai', null, null),
    ('ai_select', 4, 'ai', 'ai_select', 'menu', 0, 1, 'ai', null, null),
    (
        'ai_data_request', 4, 'ai', 'ai_data_request', 'data', 0, 1, 'ai', null, null
    ),
    (
        'asks_in_vain', 4, 'contact', 'customer_wants_human', 'wants', 0, 1, 'customer',
        null, null
    ),
    ('asks_in_vain', 5, 'ai', 'ai_dodge', 'dodge', 0, 1, 'ai', null, null),
    (
        'ai_routed', 6, 'activity', 'activity_team', 'team', 0, 1, 'at_once',
        'assign_team', null
    ),
    ('ai_routed', 7, 'ai', 'ai_answer', 'answer', 0, 1, 'ai', null, null),
    (
        'ai_routed', 8, 'contact', 'customer_thanks', 'thanks', 0, 0.5, 'customer',
        null, null
    ),
    ('ai_stalled', 6, 'ai', 'ai_answer', 'answer', 0, 1, 'ai', null, null),
    (
        'ai_stalled', 7, 'contact', 'customer_follow_up', 'follow_up', 0, 1, 'customer',
        null, null
    ),
    (
        'ai_stalled', 8, 'contact', 'customer_impatient', 'again', 0, 0.4, 'impatient',
        null, null
    ),
    (
        'handed_over', 6, 'activity', 'activity_team', 'team', 0, 0.6, 'at_once',
        'assign_team', null
    ),
    (
        'handed_over', 7, 'activity', 'activity_handoff_label', 'labelled', 0, 0.6,
        'at_once', 'handoff_label', null
    ),
    (
        'handed_over', 8, 'activity', 'activity_rule_open', 'opened', 0, 0.6, 'at_once',
        'open', 'bot'
    ),
    (
        'asks_for_person', 1, 'contact', 'customer_hello', 'hello', 0, 0.45, 'start',
        null, null
    ),
    (
        'asks_for_person', 2, 'contact', 'customer_opening', 'opening', 0, 1, 'bubble',
        null, null
    ),
    (
        'asks_for_person', 3, 'ai', 'ai_answer', 'answer', 0, 1, 'ai', null, null
    ),
    (
        'asks_for_person', 4, 'contact', 'customer_wants_human', 'wants', 0, 1,
        'customer', null, null
    ),
    (
        'asks_for_person', 5, 'human', 'human_hello', 'comes', 0, 0.5, 'human_first',
        null, null
    ),
    (
        'asks_for_person', 6, 'human', 'human_answer', 'comes', 0, 0.5, 'human', null,
        null
    ),
    (
        'human_question', 1, 'contact', 'customer_hello', 'hello', 0, 0.45, 'start',
        null, null
    ),
    (
        'human_question', 2, 'contact', 'customer_opening', 'opening', 0, 1, 'bubble',
        null, null
    ),
    (
        'human_question', 3, 'ai', 'ai_hello', 'ai_hello', 0, 0.5, 'ai', null, 'ai'
    ),
    (
        'human_question', 4, 'human', 'human_question', 'asks', 0, 1, 'human_first',
        null, null
    ),
    (
        'human_promise', 1, 'contact', 'customer_opening', 'opening', 0, 1, 'start',
        null, null
    ),
    (
        'human_promise', 2, 'human', 'human_hello', 'human_hello', 0, 0.8,
        'human_first', null, null
    ),
    (
        'human_promise', 3, 'human', 'human_promise', 'promise', 0, 1, 'human', null,
        null
    ),
    (
        'call', 1, 'contact', 'customer_opening', 'opening', 0, 0.6, 'start', null,
        null
    ),
    (
        'call', 2, 'contact', 'call_missed', 'missed', 0, 0.6, 'customer', null,
        'calls'
    ),
    (
        'call', 3, 'contact', 'customer_missed_call', 'missed', 0, 0.3, 'bubble', null,
        'calls'
    ),
    (
        'call', 4, 'contact', 'call_taken', 'call', 0, 0.55, 'customer', null, 'calls'
    ),
    (
        'call', 5, 'human', 'human_answer', 'answer', 0, 0.7, 'human_first', null, null
    ),
    (
        'handoff', 6, 'contact', 'customer_wants_human', 'wants', 0, 0.35, 'customer',
        null, null
    ),
    ('handoff', 7, 'ai', 'ai_handoff', 'transfer', 0, 1, 'ai', null, null),
    (
        'handoff', 8, 'activity', 'activity_handoff', 'transfer', 0, 1, 'at_once',
        'handoff', 'bot'
    ),
    (
        'handoff', 9, 'automation', 'automation', 'queue', 0, 0.25, 'at_once', null,
        null
    ),
    (
        'handoff', 10, 'out_of_office', 'out_of_office', 'closed', 0, 1, 'at_once',
        null, 'closed'
    ),
    (
        'handoff_unanswered', 6, 'contact', 'customer_wants_human', 'wants', 0, 0.35,
        'customer', null, null
    ),
    ('handoff_unanswered', 7, 'ai', 'ai_handoff', 'transfer', 0, 1, 'ai', null, null),
    (
        'handoff_unanswered', 8, 'activity', 'activity_handoff', 'transfer', 0, 1,
        'at_once', 'handoff', 'bot'
    ),
    (
        'handoff_unanswered', 9, 'automation', 'automation', 'queue', 0, 0.25,
        'at_once', null, null
    ),
    (
        'handoff_unanswered', 10, 'contact', 'customer_impatient', 'again', 0, 0.6,
        'impatient', null, null
    ),
    (
        'handoff_unanswered', 11, 'contact', 'customer_impatient', 'again', 1, 0.3,
        'impatient', null, null
    ),
    (
        'handoff_unanswered', 12, 'activity', 'activity_auto_resolve', 'inactive', 0,
        1, 'inactivity', 'auto_resolve', 'inactive'
    ),
    ('takeover', 6, 'ai', 'ai_answer', 'answer', 0, 1, 'ai', null, null),
    -- Somebody waits: the AI has left the second question without an answer.
    (
        'takeover', 7, 'contact', 'customer_follow_up', 'stalled', 0, 0.35, 'customer',
        null, null
    ),
    (
        'takeover', 8, 'activity', 'activity_open', 'open', 0, 0.6, 'human_first',
        'open', 'bot'
    ),
    ('human', 1, 'contact', 'customer_hello', 'hello', 0, 0.45, 'start', null, null),
    ('human', 2, 'contact', 'customer_opening', 'opening', 0, 1, 'bubble', null, null),
    ('human', 3, 'greeting', 'greeting', 'greeting', 0, 1, 'at_once', null, 'first'),
    (
        'human', 4, 'out_of_office', 'out_of_office', 'closed', 0, 1, 'at_once', null,
        'closed'
    ),
    (
        'human', 5, 'contact', 'customer_impatient', 'again', 0, 0.15, 'impatient',
        null, null
    ),
    ('phone', 1, 'contact', 'customer_hello', 'hello', 0, 0.45, 'start', null, null),
    ('phone', 2, 'contact', 'customer_opening', 'opening', 0, 1, 'bubble', null, null),
    ('phone', 3, 'ai', 'ai_hello', 'ai_hello', 0, 0.5, 'ai', null, 'ai'),
    (
        'phone', 4, 'phone', 'phone_hello', 'phone_hello', 0, 0.7, 'human_first', null,
        null
    ),
    ('phone', 5, 'phone', 'human_answer', 'answer', 0, 1, 'human', null, null),
    (
        'phone', 6, 'contact', 'customer_follow_up', 'follow_up', 0, 0.6, 'customer',
        null, null
    ),
    (
        'phone', 7, 'phone', 'human_follow_up', 'follow_up', 0, 0.6, 'human', null, null
    ),
    (
        'phone', 8, 'contact', 'customer_thanks', 'thanks', 0, 0.6, 'customer', null,
        null
    ),
    (
        'unanswered', 1, 'contact', 'customer_hello', 'hello', 0, 0.5, 'start', null,
        null
    ),
    (
        'unanswered', 2, 'contact', 'customer_opening', 'opening', 0, 1, 'bubble', null,
        null
    ),
    (
        'unanswered', 3, 'out_of_office', 'out_of_office', 'closed', 0, 1, 'at_once',
        null, 'closed'
    ),
    (
        'unanswered', 4, 'contact', 'customer_impatient', 'again', 0, 0.5, 'impatient',
        null, null
    ),
    (
        'unanswered', 5, 'activity', 'activity_auto_resolve', 'inactive', 0, 1,
        'inactivity', 'auto_resolve', 'inactive'
    ),
    (
        'silent_close', 1, 'contact', 'customer_opening', 'opening', 0, 1, 'start',
        null, null
    ),
    (
        'silent_close', 2, 'ai', 'ai_hello', 'ai_hello', 0, 0.5, 'ai', null, 'ai'
    ),
    (
        'silent_close', 3, 'activity', 'activity_resolve', 'close', 0, 1, 'human_first',
        'resolve', null
    ),
    ('outbound', 1, 'template', 'outbound', 'outbound', 0, 1, 'start', null, null),
    (
        'outbound', 2, 'contact', 'outbound_reply', 'reply', 0, 1, 'impatient', null,
        null
    ),
    (
        'outbound', 3, 'activity', 'activity_assign', 'assign', 0, 1, 'human_first',
        'assign', null
    ),
    ('outbound', 4, 'human', 'human_answer', 'answer', 0, 1, 'human', null, null),
    (
        'outbound', 5, 'contact', 'customer_thanks', 'thanks', 0, 0.6, 'customer', null,
        null
    ),
    (
        'outbound', 6, 'activity', 'activity_resolve', 'close', 0, 1, 'wrap_up',
        'resolve', 'closes'
    ),
    ('outbound', 7, 'survey', 'survey', 'close', 0, 1, 'at_once', null, 'csat'),
    (
        'outbound_silent', 1, 'template', 'outbound', 'outbound', 0, 1, 'start', null,
        null
    ),
    ('campaign', 1, 'campaign', 'campaign', 'campaign', 0, 1, 'start', null, null),
    (
        'campaign', 2, 'contact', 'customer_opening', 'opening', 0, 1, 'customer', null,
        null
    ),
    ('campaign', 3, 'ai', 'ai_answer', 'answer', 0, 1, 'ai', null, null),
    (
        'campaign', 4, 'contact', 'customer_follow_up', 'follow_up', 0, 0.5, 'customer',
        null, null
    ),
    ('campaign', 5, 'ai', 'ai_follow_up', 'follow_up', 0, 0.5, 'ai', null, null),
    (
        'campaign_silent', 1, 'campaign', 'campaign', 'campaign', 0, 1, 'start', null,
        null
    ),
    (
        'blocked', 1, 'contact', 'customer_opening', 'opening', 0, 1, 'start', null,
        null
    ),
    (
        'blocked', 2, 'contact', 'customer_impatient', 'again', 0, 0.5, 'impatient',
        null, null
    ),
    -- Months after a campaign that nobody answered.
    ('outreach', 1, 'human', 'human_outreach', 'outreach', 0, 1, 'start', null, null),
    (
        'outreach', 2, 'contact', 'customer_opening', 'opening', 0, 0.8, 'customer',
        null, null
    ),
    ('outreach', 3, 'human', 'human_answer', 'opening', 0, 0.8, 'human', null, null),
    -- A phone's history, copied into Chatwoot when the unit was connected.
    (
        'imported', 1, 'contact', 'customer_opening', 'opening', 0, 1, 'start', null,
        null
    ),
    ('imported', 2, 'human', 'human_answer', 'answer', 0, 1, 'human', null, null),
    (
        'imported', 3, 'contact', 'customer_thanks', 'thanks', 0, 0.5, 'customer',
        null, null
    ),
    ('group', 1, 'contact', 'group_talk', 'talk', 0, 1, 'start', null, null),
    ('group', 2, 'contact', 'group_talk', 'talk', 1, 1, 'later', null, null),
    ('group', 3, 'contact', 'group_talk', 'more', 2, 0.7, 'later', null, null),
    ('group', 4, 'contact', 'group_talk', 'again', 3, 0.5, 'later', null, null),
    ('status', 1, 'contact', 'status_talk', 'talk', 0, 1, 'start', null, null),
    ('status', 2, 'contact', 'status_talk', 'talk', 1, 1, 'later', null, null),
    ('test', 1, 'contact', 'test_talk', 'talk', 0, 1, 'start', null, null),
    ('test', 2, 'ai', 'ai_hello', 'ai_hello', 0, 1, 'ai', null, 'ai'),
    ('test', 3, 'contact', 'test_talk', 'more', 1, 0.4, 'customer', null, null)
)

select * from paths;

-- The shares as ranges of a roll.
create view demo.path_odds as
select
    audience,
    path,
    sum(share) over (partition by audience order by path) - share as from_roll,
    sum(share) over (partition by audience order by path) as to_roll
from demo.path_share;

-- Every part an intent can use: its own and the common ones.
create view demo.phrase as
select
    intent.name as intent,
    book.part,
    book.texts
from demo.intent
inner join demo.phrase_book as book on book.intent in ('common', intent.name);
