-- Fills a Chatwoot database with the life of a gym chain, inside PostgreSQL.
--
-- Everything is a pure function of a seed: a conversation has a number, the number has
-- a dice, and every choice is a roll of that dice. A conversation is planned to its
-- end, into the future if need be, and only what lies before "until" is written. To
-- live on, the unfinished ones are planned again, with the same result, and the next
-- slice of time is written. All times are UTC, as in Chatwoot.

create function demo.roll(dice bigint, about text) returns double precision
language sql immutable parallel safe
return (hashtextextended(about, dice) & 9007199254740991) / 9007199254740992.0::float8;

create function demo.dice(dice bigint, number bigint) returns bigint
language sql immutable parallel safe
return hashint8extended(number, dice);

create function demo.pick(dice bigint, about text, choices text []) returns text
language sql immutable parallel safe
return choices[1 + floor(demo.roll(dice, about) * cardinality(choices))::integer];

-- A log-normal length of time: most are near the median, a few are very long.
create function demo.spread(
    dice bigint, about text, median double precision, sigma double precision
) returns double precision
language sql immutable parallel safe
return median * exp(sigma * least(2.5, greatest(
    -2.5,
    sqrt(-2 * ln(1 - demo.roll(dice, about)))
    * cos(2 * pi() * demo.roll(dice, about || ' angle'))
)));

create function demo.seconds(length double precision) returns interval
language sql immutable parallel safe
return length * interval '1 second';

-- How often something happens that real integrations do, each with its reason.
create function demo.share(what text) returns double precision
language sql immutable parallel safe
return case what
    -- Of our messages in WhatsApp inboxes, where alone a failure is reported: numbers
    -- that left WhatsApp, windows of 24 hours that have closed. Over all inboxes 1-3 %.
    when 'fails' then 0.033
    -- Half of what failed is written again: mostly what a person saw fail.
    when 'sent again' then 0.5
    -- Of our messages where an integration stores emoji reactions as messages. With
    -- those of our people 2-5 % of all messages.
    when 'reaction' then 0.13
    -- Of customers' messages to people: "seen", before the answer comes.
    when 'our reaction' then 0.07
    -- An integration posts a message again when its connection comes back.
    when 'delivered twice' then 0.012
    -- Of these: the second one carries the text as the sender has edited it.
    when 'edited' then 0.15
    -- Of thanks: a sticker instead of words.
    when 'sticker' then 0.06
    -- Of people's answers: forgotten, and found again days later.
    when 'days late' then 0.03
    -- Of transferred conversations: the AI writes down why.
    when 'says reason' then 0.6
    -- Of these reasons: a workflow stored what the model gave, not its text.
    when 'reason is object' then 0.06
    when 'reason is list' then 0.06
    -- Of an integration's notes: a reply from the phone that it could not tell apart.
    when 'note from phone' then 0.4
end;

create function demo.happens(dice bigint, what text) returns boolean
language sql immutable parallel safe
return demo.roll(dice, what) < demo.share(what);
