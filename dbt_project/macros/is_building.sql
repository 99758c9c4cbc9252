{# Whether a build is at work: it holds this lock (loader/locks.py), also one that was
   killed no more. #}
{% macro is_building() -%}
    exists (
        select
        from pg_locks
        where
            locktype = 'advisory'
            and objid = 7246002
            and granted
            and database = (
                select oid
                from pg_database
                where datname = current_database()
            )
    )
{%- endmacro %}
