with

episodes as not materialized (

    select *
    from {{ ref('episodes') }}
    where has_demand

),

messages as not materialized (

    select * from {{ ref('messages') }}

),

measured as (

    select
        conversation_id,
        episode_number,
        'first_response' as metric,
        first_response_class as responder_class,
        null::bigint as agent_id,
        first_response_seconds as value,
        null::date as local_date
    from episodes
    union all
    select
        conversation_id,
        episode_number,
        'ai_first_response' as metric,
        'ai' as responder_class,
        null as agent_id,
        ai_first_response_seconds as value,
        null::date as local_date
    from episodes
    union all
    select
        conversation_id,
        episode_number,
        'resolution' as metric,
        null as responder_class,
        null as agent_id,
        resolution_seconds as value,
        null::date as local_date
    from episodes
    where resolver <> 'none'
    union all
    select
        conversation_id,
        episode_number,
        'time_to_handoff' as metric,
        null as responder_class,
        null as agent_id,
        time_to_handoff_seconds as value,
        null::date as local_date
    from episodes
    union all
    select
        conversation_id,
        episode_number,
        'human_response' as metric,
        'human' as responder_class,
        null as agent_id,
        human_response_seconds as value,
        null::date as local_date
    from episodes
    union all
    select
        conversation_id,
        episode_number,
        'human_response_working' as metric,
        'human' as responder_class,
        null as agent_id,
        human_response_working_seconds as value,
        null::date as local_date
    from episodes
    union all
    select
        conversation_id,
        episode_number,
        'messages_before_handoff' as metric,
        null as responder_class,
        null as agent_id,
        messages_before_handoff as value,
        null::date as local_date
    from episodes
    where has_ai
    union all
    select
        conversation_id,
        episode_number,
        'episode_messages' as metric,
        null as responder_class,
        null as agent_id,
        contact_messages + ai_messages + human_messages + human_phone_messages as value,
        null::date as local_date
    from episodes
    union all
    select
        messages.conversation_id,
        messages.episode_number,
        'reply' as metric,
        case messages.sender_class when 'ai' then 'ai' else 'human' end
            as responder_class,
        case when messages.sender_class = 'human' then messages.sender_id end
            as agent_id,
        messages.reply_seconds as value,
        messages.local_date
    from messages
    where messages.reply_seconds is not null
    union all
    select
        messages.conversation_id,
        messages.episode_number,
        'reply_working' as metric,
        'human' as responder_class,
        case when messages.sender_class = 'human' then messages.sender_id end
            as agent_id,
        messages.reply_working_seconds as value,
        messages.local_date
    from messages
    where
        messages.reply_working_seconds is not null
        and messages.sender_class in ('human', 'human_phone')

),

named as (

    select
        ---------- ids
        episodes.conversation_id,
        episodes.episode_number,
        episodes.episode_id,
        episodes.inbox_id,
        episodes.team_id,
        episodes.agent_ids,
        measured.agent_id,

        ---------- text
        measured.metric,
        measured.responder_class,
        episodes.origin,
        episodes.resolver,
        episodes.hours_kind,
        episodes.labels,

        ---------- numerics
        measured.value,
        {{ duration_bucket('measured.value') }} as bucket,

        ---------- times
        coalesce(measured.local_date, episodes.local_date) as local_date
    from measured
    inner join episodes
        on
            measured.conversation_id = episodes.conversation_id
            and measured.episode_number = episodes.episode_number
    where measured.value >= 0

)

select * from named
