with

episodes as (

    select * from {{ ref('episodes') }}

),

conversations as (

    select * from {{ ref('conversations') }}

),

versions as (

    select * from {{ ref('conversation_versions') }}

),

ignored as (

    select * from {{ ref('ignored_conversations') }}

),

outside as (

    select
        conversations.conversation_id,
        0 as episode_number,
        conversations.conversation_id || '-0' as episode_id,
        versions.built_from as episode_version,
        versions.contact_key,
        conversations.inbox_id,
        conversations.team_id
    from conversations
    inner join versions on conversations.conversation_id = versions.conversation_id
    where
        not exists (
            select from episodes
            where episodes.conversation_id = conversations.conversation_id
        )
        and not exists (
            select from ignored
            where ignored.conversation_id = conversations.conversation_id
        )

),

units as (

    select
        conversation_id,
        episode_number,
        episode_id,
        episode_version,
        contact_key,
        inbox_id,
        team_id,
        origin,
        resolver,
        hours_kind,
        agent_ids,
        labels
    from episodes
    where ignored_reason is null
    union all
    select
        conversation_id,
        episode_number,
        episode_id,
        episode_version,
        contact_key,
        inbox_id,
        team_id,
        'none' as origin,
        'none' as resolver,
        'not_configured' as hours_kind,
        '{}' as agent_ids,
        '{}' as labels
    from outside

)

select * from units
