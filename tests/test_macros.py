"""The words and marks that the macros of templates/maillage/macros owe to a reader."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from wtforms import BooleanField, Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

NOW = datetime(2027, 1, 1, 10, tzinfo=UTC)


def parts(moment: datetime, timezone: str) -> SimpleNamespace:
    return SimpleNamespace(
        weekday=f"{moment:%a}", day=str(moment.day), month=f"{moment:%b}", iso=moment.date().isoformat()
    )


WORDS: dict[str, Any] = {
    "_": lambda message, **variables: message % variables if variables else message,
    "ngettext": lambda one, many, n, **variables: (one if n == 1 else many) % {"n": n, **variables},
    "date_in_words": lambda moment, timezone: f"{moment:%d %B %Y, %H:%M} ({timezone})",
    "period_in_words": lambda start, end, timezone: f"{start:%d %B}",
    "time_of_day": lambda moment, timezone: f"{moment:%H:%M}",
    "days_left": lambda moment, timezone: (moment.date() - NOW.date()).days,
    "relative": lambda moment, timezone=None: "some time ago",
    "date_parts": parts,
    "country_name": lambda code: {"CA": "Canada", "FR": "France"}.get(code, code),
}


def render(source: str, **context: Any) -> str:
    templates = Path(__file__).resolve().parent.parent / "templates"
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True)
    return environment.from_string(source).render(**WORDS, **context)


def notice(**changes: Any) -> SimpleNamespace:
    actor = SimpleNamespace(name="Une union", url="/@union", handle_at_host="@union@a.example", is_local=True)
    item: dict[str, Any] = {
        "kind": "call",
        "name": "A call",
        "url": "/@union/calls/1",
        "summary_html": "<p>What is offered</p>",
        "actor": actor,
        "published_at": NOW,
        "starts_at": NOW,
        "ends_at": NOW + timedelta(days=12),
        "timezone": "UTC",
        "place": SimpleNamespace(name="Paris", locality="Paris", country="FR"),
        "language": "en",
        "state": "open",
        "details": {"maximum_selected": 10},
        "organisers": [],
        "source_host": None,
    }
    return SimpleNamespace(**(item | changes))


CARD = '{% from "maillage/macros/cards.html" import card with context %}{{ card(item) }}'
PROGRAMME = '{% from "maillage/macros/programme.html" import programme with context %}{{ programme(entries, "UTC") }}'
FIELD = '{% from "maillage/macros/forms.html" import field with context %}{{ field(form.name) }}'


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def test_call_card_says_what_decides() -> None:
    html = render(CARD, item=notice())
    assert "&lt;" not in html
    text = words_of(html)
    for expected in ("12 days left", "A call", "Une union", "13 January 2027", "10 places", "Paris, France", "offered"):
        assert expected in text


def test_call_card_names_the_last_day_instead_of_zero_days() -> None:
    text = words_of(render(CARD, item=notice(ends_at=NOW, state="closing_soon")))
    assert "Last day" in text
    assert "0 days" not in text


def test_call_card_of_a_closed_call_counts_no_days() -> None:
    text = words_of(render(CARD, item=notice(ends_at=NOW - timedelta(days=3), state="closed")))
    assert "Closed" in text
    assert "left" not in text


@pytest.mark.parametrize("kind", ["call", "event", "initiative", "news"])
def test_card_tells_its_kind_by_a_word(kind: str) -> None:
    html = render(CARD, item=notice(kind=kind))
    assert re.search(rf'class="kind">.*?</svg> {kind.title()}</span>', html)


def test_card_of_a_partner_says_where_it_comes_from() -> None:
    assert "from b.example" in words_of(render(CARD, item=notice(source_host="b.example")))
    assert "from" not in words_of(render(CARD, item=notice()))


def test_event_card_over_two_days_says_the_last_one() -> None:
    item = notice(kind="event", state="upcoming", ends_at=NOW + timedelta(days=1, hours=2))
    assert "10:00 to Sat 2 Jan, 12:00" in words_of(render(CARD, item=item))


def test_event_card_of_a_cancelled_event_says_so() -> None:
    assert "Cancelled" in words_of(render(CARD, item=notice(kind="event", state="cancelled")))


def test_card_escapes_what_a_partner_wrote() -> None:
    hostile = "<script>alert(1)</script>"
    item = notice(name=hostile, summary_html="&lt;script&gt;alert(1)", place=None, source_host=hostile)
    item.actor.name = hostile
    assert "<script" not in render(CARD, item=item)


def entry(kind: str, name: str, hour: int, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"key": name, "speakers": [], "items": [], "answers_to": None, "ends_at": None}
    return base | {"kind": kind, "name": name, "starts_at": NOW.replace(hour=hour)} | more


def test_programme_ties_each_debate_to_the_session_it_answers() -> None:
    entries = [
        entry("session", "First session", 9, key="s1"),
        entry("session", "Second session", 10, id="s2"),
        entry("debate", "Debate", 11, answers_to="s1"),
        entry("debate", "Debate", 12, answers_to="elsewhere"),
        entry("debate", "Open debate", 13),
    ]
    text = words_of(render(PROGRAMME, entries=entries))
    assert "11:00 Debate after: First session" in text
    assert "12:00 Debate after: Second session" in text
    assert text.endswith("13:00 Open debate")


def test_programme_names_speakers_in_sessions_and_in_their_parts() -> None:
    speaker = {"name": "K. M.", "role": "Manager", "organisation": "A platform", "country": "CA"}
    part = {"name": "A part", "speakers": [{"name": "D. C."}], "items": []}
    html = render(PROGRAMME, entries=[entry("session", "S", 9, speakers=[speaker], items=[part])])
    assert "K. M. , Manager, A platform (Canada)" in words_of(html)
    assert re.search(r"<h3[^>]*>S</h3>", html)
    assert re.search(r"<h4[^>]*>A part</h4>", html)
    assert words_of(html).endswith("D. C.")


def test_programme_over_two_days_marks_the_second() -> None:
    second = entry("talk", "Later", 9)
    second["starts_at"] += timedelta(days=1)
    assert "Sat 2 Jan 09:00 Later" in words_of(render(PROGRAMME, entries=[entry("talk", "Sooner", 9), second]))


class Questions(Form):
    name = StringField("Title", [DataRequired("Give it a title.")], description="One line.")
    place = StringField("Place", [Optional()])
    audience = RadioField("Audience", [DataRequired("Choose.")], choices=[SelectChoice("public", "Everybody")])
    agreed = BooleanField("Agreed", [DataRequired("Agree first.")])


@pytest.fixture
def refused() -> Questions:
    form = Questions()
    form.validate()
    return form


def test_field_with_an_error_is_tied_to_its_words(refused: Questions) -> None:
    html = render(FIELD, form=refused)
    assert 'aria-describedby="name-help name-error"' in html
    assert 'aria-invalid="true"' in html
    assert re.search(r'id="name-error">.*Give it a title', html)
    assert re.search(r'id="name-help">One line', html)


def test_field_without_error_is_not_marked_invalid() -> None:
    html = render(FIELD, form=Questions())
    assert 'aria-describedby="name-help"' in html
    assert "aria-invalid" not in html
    assert "name-error" not in html


def test_form_lists_each_error_with_a_link_to_its_field(refused: Questions) -> None:
    source = (
        '{% from "maillage/macros/forms.html" import field, form_page with context %}'
        '{% call form_page(form, "Send") %}{% for one in form %}{{ field(one) }}{% endfor %}{% endcall %}'
    )
    html = render(source, form=refused)
    assert "3 things to correct" in html
    for name in ("name", "audience", "agreed"):
        assert f'<a href="#{name}">' in html
        assert f' id="{name}"' in html


def test_folded_fields_open_when_one_holds_something() -> None:
    source = '{% from "maillage/macros/forms.html" import folded with context %}{{ folded([form.place], "More") }}'
    assert '<details class="folded">' in render(source, form=Questions())
    assert '<details class="folded" open>' in render(source, form=Questions(data={"place": "Lyon"}))


def test_feeds_not_offered_are_not_announced() -> None:
    source = (
        '{% from "maillage/macros/feeds.html" import autodiscovery, feed_links with context %}'
        "{{ autodiscovery(feeds, 'A \"title\"') }}{{ feed_links(feeds) }}"
    )
    html = render(source, feeds={"atom": "/feed.atom", "calendar": None})
    assert 'type="application/atom+xml" title="A &#34;title&#34;" href="/feed.atom"' in html
    assert "calendar" not in html.lower()
    assert "RSS" not in html
