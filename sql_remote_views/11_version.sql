-- Which version of the views this is; the loader wants that of its own.
-- Written by `python -m loader.views`.
comment on view vw_conversations_analytics_final is 'version b90b24636f71b9da';
