{%- set units = {
    'episode_gap_hours': 'hours',
    'maturity_hours': 'hours',
    'return_window_days': 'days',
    'queue_horizon_days': 'days',
    'ai_silence_minutes': 'minutes',
    'response_target_seconds': 'seconds',
    'minutes_per_reply': 'minutes',
    'long_ai_episode_replies': 'messages',
    'hourly_cost_brl': 'currency_brl',
    'cost_per_ai_episode_brl': 'currency_brl',
} -%}
with

parameters (parameter, value, unit) as (

    values
    {%- for name, unit in units.items() %}
        (
            '{{ name }}'::text,
            {{ 'null' if var(name) is none else var(name) }}::double precision,
            '{{ unit }}'::text
        ){{ ',' if not loop.last }}
    {%- endfor %}

)

select * from parameters
