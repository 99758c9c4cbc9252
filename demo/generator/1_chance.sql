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
