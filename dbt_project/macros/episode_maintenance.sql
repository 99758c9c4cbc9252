{#
    Episodes follow from their conversation, from what the same contact did in others
    (did he come back?), and from the clock (is it old enough to be judged?). So what
    goes before a build is all that belongs to a contact of whom anything changed, left,
    came, or reached the moment at which it changes by itself.
#}
{% macro outdated_contacts() %}
    select built.contact_key
    from {{ this }} as built
    left join {{ ref('conversation_versions') }} as versions
        on
            built.conversation_id = versions.conversation_id
            and built.built_from = versions.built_from
    where
        versions.conversation_id is null
        or built.changes_at <= (select as_of from {{ ref('last_load') }})
    union
    select versions.contact_key
    from {{ ref('conversation_versions') }} as versions
    where
        not exists (
            select from {{ this }} as built
            where
                built.conversation_id = versions.conversation_id
                and built.built_from = versions.built_from
        )
        and exists (
            select from {{ ref('episode_speech') }} as speech
            where speech.conversation_id = versions.conversation_id
        )
{% endmacro %}

{% macro delete_outdated_episodes() %}
{%- if is_incremental() %}
delete from {{ this }} as built
using ({{ outdated_contacts() }}) as outdated
where built.contact_key = outdated.contact_key
{%- endif %}
{% endmacro %}

{% macro conversations_of_outdated_contacts() %}
    select versions.conversation_id
    from {{ ref('conversation_versions') }} as versions
    inner join ({{ outdated_contacts() }}) as outdated
        on versions.contact_key = outdated.contact_key
{% endmacro %}
