{# What the rows of the incremental models follow from besides the loaded rows: the SQL
   of the models, the parameters and the seeds. Another text, and they are built anew. #}
{% macro episode_rules() -%}
    {%- set texts = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() | sort(attribute='unique_id') -%}
            {%- if node.schema == 'analytics' and node.resource_type == 'seed' -%}
                {%- do texts.append(node.checksum.checksum) -%}
            {%- elif
                node.resource_type == 'model'
                and node.name in [
                    'agents', 'classified_messages', 'messages', 'episode_speech',
                    'episode_events', 'episode_surveys', 'episodes', 'episode_days',
                    'durations', 'mart_drilldown_episodes',
                    'mart_executive_episode_days', 'mart_operational_durations'
                ]
            -%}
                {%- do texts.append(node.raw_code) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for name in [
            'episode_gap_hours', 'maturity_hours', 'return_window_days',
            'response_target_seconds', 'minutes_per_reply', 'long_ai_episode_replies',
            'cost_per_ai_episode_brl',
            'handoff_reason_attribute', 'sentiment_attribute',
            'thanks_words', 'thanks_fillers', 'greeting_words', 'greeting_offers',
            'courtesy_questions'
        ] -%}
            {%- do texts.append(name ~ '=' ~ var(name)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- local_md5(texts | join('\n')) -}}
{%- endmacro %}
