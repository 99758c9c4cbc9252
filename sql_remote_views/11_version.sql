-- Which version of the views this is; the loader wants that of its own.
-- Written by `python -m loader.views`.
comment on view vw_conversations_analytics_final is 'version 5ff9f1576784ea38';
