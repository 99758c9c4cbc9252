"""Qualidade: are customers satisfied, and what do they say?"""

from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from dashboards import charts, tables
from dashboards.cards import show_cards, show_way
from dashboards.frames import show_chart, show_empty, show_nothing, show_section
from dashboards.view import PageView
from kpis import Days, Kpi, Mark, Value
from kpis.database import Row
from kpis.listing import RATINGS
from reporting import colours, formats
from reporting.findings import quality
from reporting.findings.quality import COUNTS, FIRST, GOOD, MOST_TERMS, SENTIMENT
from reporting.kpi_words import explain, show_value
from reporting.texts import Language, plain, say

BAD_COLOUR, GOOD_COLOUR = 3, 2  # of the theme: brick, and violet for the customer
COMMENTS_AT_FIRST, MORE_COMMENTS = 10, 40
LONG_PERIOD_DAYS = 300
RATING_COLORS = {1: "red", 2: "red", 3: "gray", 4: "violet", 5: "violet"}

Picked = list[tuple[str, tuple[int, ...]]]  # terms, with the ratings they come from


def show(view: PageView) -> None:
    """Draw the page."""
    activity = view.values(("csat_avg", "episodes_total"))
    csat = activity["csat_avg"]
    ids = [
        kpi_id
        for kpi_id in view.ids("quality", FIRST)
        if not view.catalogue[kpi_id].sentiment_side and kpi_id != SENTIMENT
    ]
    if isinstance(csat, Value) and csat.reason == "not_configured":
        show_survey_off(view, csat)
        ids = [i for i in ids if view.catalogue[i].feature != "csat"]
        st.subheader(say(view.language, "without_survey"), anchor=False)
        show_cards(view, ids)
        return
    if not any(isinstance(v, Exception) or v.cases for v in activity.values()):
        show_empty(view)
        return
    show_section(view, show_summary)
    show_cards(view, ids)
    left, right = st.columns([2, 1])
    with left:
        show_section(view, show_weeks)
    with right:
        show_section(view, show_sentiment)
    terms = [kpi for kpi in view.catalogue.values() if kpi.sentiment_side]
    picked: Picked = []
    for column, kpi in zip(st.columns(max(len(terms), 1)), terms, strict=False):
        with column:
            show_section(view, show_terms, kpi, picked)
    show_section(view, show_comments, picked)


def show_survey_off(view: PageView, csat: Value) -> None:
    """Say how to have ratings, where no inbox asks for any."""
    language = view.language
    title = say(language, "survey_off_title")
    text = quality.survey_off(csat, language)
    st.info(f"**{title}**  \n{plain(text)}", icon=":material/star_rate:")


def show_summary(view: PageView) -> None:
    """Say the mean rating, and how sure it is."""
    text = quality.summary(view)
    if text is not None:
        st.markdown(f"#### {plain(text)}")


def show_weeks(view: PageView) -> None:
    """Chart the ratings of each week; a click opens what was rated in it."""
    language, shown = view.language, view.period.shown
    caption = say(language, "weeks_caption")
    weeks = quality.ratings_by_week(view)
    finding = quality.weeks_finding(weeks, language)
    if finding is None:
        show_nothing(view, caption)
        return
    write = formats.full_date if len(shown) > LONG_PERIOD_DAYS else formats.day
    labels = {week: write(week, language) for week in weeks}
    names = {rating: say(language, f"stars_{rating}") for rating in RATINGS}
    table = pd.DataFrame(
        [[counts[rating] for rating in RATINGS] for counts in weeks.values()],
        index=pd.Index(list(labels.values()), name=say(language, "week")),
        columns=list(names.values()),
    )
    clicked = show_chart(
        view,
        "ratings_by_week",
        finding,
        caption,
        charts.diverging(
            {labels[week]: counts for week, counts in weeks.items()}, names, language
        ),
        table[::-1].style.format(partial(formats.count, language=language)),
    )
    for mark in clicked:
        week = list(weeks)[mark["point_index"]]
        rating = charts.part_of_trace(colours.RATINGS)[mark["curve_number"]]
        last = min(week + timedelta(days=6), shown.last)
        tables.open_list(
            view,
            "csat_distribution",
            Mark(parts=(COUNTS[rating],)),
            Days(max(week, shown.first), last),
        )


def show_sentiment(view: PageView) -> None:
    """Chart the sentiment of rated episodes, or say how to have one."""
    language, kpi = view.language, view.catalogue[SENTIMENT]
    (whole,) = view.values((SENTIMENT,)).values()
    if isinstance(whole, Exception):
        raise whole
    caption = say(language, "sentiment_caption")
    if whole.reason == "not_configured":
        with st.container(border=True, height="stretch"):
            st.subheader(say(language, "sentiment_title"), anchor=False)
            st.badge(say(language, "reason_not_configured"), color="gray")
            st.caption(plain(explain(whole, language)))
        return
    found = quality.sentiments(view)
    if not found:
        show_nothing(view, caption)
        return
    names = [say(language, f"stars_{rating}") for rating in found]
    texts = [
        f"{show_value(kpi, value.value, language)}"
        f" · {say(language, 'cases', cases=formats.count(value.cases, language))}"
        for value in found.values()
    ]
    table = pd.DataFrame(
        {
            say(language, "sentiment_title"): [
                show_value(kpi, value.value, language) for value in found.values()
            ],
            "n": [formats.count(value.cases, language) for value in found.values()],
        },
        index=pd.Index(names, name=say(language, "rating")),
    )
    lengths = {
        name: value.value or 0.0
        for name, value in zip(names, found.values(), strict=True)
    }
    clicked = show_chart(
        view,
        "sentiment",
        say(language, "sentiment_finding"),
        caption,
        charts.coloured_bars(lengths, texts, [GOOD_COLOUR] * len(found), language),
        table,
    )
    for mark in clicked:
        rating = list(found)[mark["point_index"]]
        tables.open_list(view, SENTIMENT, Mark(ratings=(rating,)), lado="denominador")


def show_terms(view: PageView, kpi: Kpi, picked: Picked) -> None:
    """Chart the terms of one side's comments; a click keeps these comments below."""
    language = view.language
    ratings = quality.ratings_of_terms(kpi)
    caption = quality.terms_caption(ratings, language)
    (value,) = view.values((kpi.kpi_id,)).values()
    if isinstance(value, Exception):
        raise value
    parts = value.parts[:MOST_TERMS]
    if quality.has_few_comments(value):
        _show_few_comments(value, caption, language)
        return
    if not parts:
        show_nothing(view, caption)
        return
    lengths = {str(part.key): float(part.cases) for part in parts}
    texts = [
        formats.count_and_share(part.cases, part.value or 0.0, language)
        for part in parts
    ]
    table = pd.DataFrame(
        {"n": [formats.count(part.cases, language) for part in parts]},
        index=pd.Index(list(lengths), name=caption.split(",")[0]),
    )
    clicked = show_chart(
        view,
        f"terms {kpi.kpi_id}",
        quality.terms_finding(value, language),
        caption,
        charts.coloured_bars(
            lengths,
            texts,
            [GOOD_COLOUR if ratings == GOOD else BAD_COLOUR] * len(parts),
            language,
        ),
        table,
    )
    if clicked:
        picked.append((list(lengths)[clicked[0]["point_index"]], ratings))
    show_way(view, kpi)


def _show_few_comments(value: Value, caption: str, language: Language) -> None:
    with st.container(border=True, height="stretch"):
        st.subheader(plain(caption.split(",")[0]), anchor=False)
        st.badge(say(language, "reason_small_sample"), color="gray")
        st.caption(plain(quality.few_comments(value, language)))


def show_comments(view: PageView, picked: Picked) -> None:
    """List what customers wrote, as plain text, each the way to its conversation."""
    language = view.language
    term, ratings = picked[-1] if picked else (None, RATINGS)
    chosen = st.session_state.get("comment ratings") or RATINGS
    kept = tuple(rating for rating in ratings if rating in chosen)
    limit = COMMENTS_AT_FIRST
    if st.session_state.get("more comments"):
        limit += MORE_COMMENTS
    found = view.comments(kept, limit, term)
    with st.container(border=True):
        with st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
        ):
            title = quality.comments_title(found.total, language)
            st.subheader(title, anchor=False, width="content")
            st.pills(
                say(language, "comments_ratings"),
                RATINGS,
                selection_mode="multi",
                key="comment ratings",
                label_visibility="collapsed",
                width="content",
            )
        if term is not None:
            st.caption(plain(say(language, "comments_term", term=term)))
        if not found.rows:
            st.caption(say(language, "comments_none"))
        for row in found.rows:
            _show_comment(view, row)
        if found.total > COMMENTS_AT_FIRST:
            st.toggle(say(language, "more_comments"), key="more comments")
        if found.total > len(found.rows):
            shown = formats.count(len(found.rows), language)
            st.caption(say(language, "comments_shown", count=shown))


def _show_comment(view: PageView, row: Row) -> None:
    language, rating = view.language, int(str(row["rating"]))
    answered_on = row["local_date"]
    with st.container(border=True, gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(
                say(language, f"stars_{rating}"),
                color=RATING_COLORS[rating],  # type: ignore[arg-type]
            )
            parts = [str(row["unit"])]
            if isinstance(answered_on, date):
                parts.insert(0, formats.full_date(answered_on, language))
            st.caption(plain(" · ".join(parts)), width="content")
            page = view.pages.get("conversas")
            if page is not None:
                st.page_link(
                    page,
                    label=say(language, "open_conversation"),
                    icon=":material/forum:",
                    query_params=view.linked(id=str(row["conversation_id"])),
                    width="content",
                )
        st.text(str(row["comment_text"]))
