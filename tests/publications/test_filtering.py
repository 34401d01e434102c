"""A filter is read from an address in one place, refused in words where it cannot be meant, and written back alike."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from flask_maillage.publications.filtering import EVERYTHING, PARAMETERS, Filter, Refused, read


def asked(*pairs: tuple[str, str]) -> Filter:
    return read(MultiDict(pairs))


def test_every_parameter_is_understood() -> None:
    found = asked(
        ("kind", "event"),
        ("kind", "call"),
        ("actor", "@depot@Partner.Test"),
        ("members", "@sharers"),
        ("tag", "#coops"),
        ("country", "fr"),
        ("place", "Grenoble"),
        ("topic", "https://w3id.org/maillage#voice"),
        ("q", "night work"),
        ("from", "2027-01-08"),
        ("until", "2027-01-09T12:00:00+01:00"),
        ("open", "1"),
        ("host", "Partner.test"),
        ("utm_source", "elsewhere"),
    )
    assert found == Filter(
        kinds=("event", "call"),
        actor="depot@partner.test",
        members="sharers",
        tag="coops",
        country="FR",
        place="Grenoble",
        topic="https://w3id.org/maillage#voice",
        text="night work",
        since=datetime(2027, 1, 8, tzinfo=UTC),
        until=datetime(2027, 1, 9, 11, tzinfo=UTC),
        open_now=True,
        host="partner.test",
    )
    assert "utm_source" not in found.query
    assert found.query.startswith(
        "kind=event&kind=call&actor=%40depot%40Partner.Test&members=%40sharers&tag=%23coops&country=fr"
    )


def test_nothing_asked_is_everything() -> None:
    found = asked(("q", "  "), ("country", ""), ("open", "0"))
    assert (found, found.query, bool(found)) == (EVERYTHING, "", False)


def test_until_takes_in_its_whole_day() -> None:
    found = asked(("from", "2027-01-08"), ("until", "2027-01-08"))
    assert found.since is not None
    assert found.until is not None
    assert (found.until - found.since).total_seconds() > 86_399


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "party"),
        ("actor", "not a handle"),
        ("actor", "a@b@c"),
        ("tag", "two words"),
        ("country", "XX"),
        ("country", "France"),
        ("place", "x" * 201),
        ("q", "night\x00work"),
        ("q", "\u202egnihtemos"),
        ("from", "2027-02-30"),
        ("from", "yesterday"),
        ("from", "9999-12-31T23:59:59-14:00"),
        ("until", "0001-01-01"),
        ("open", "perhaps"),
        ("host", "http://partner.test/"),
    ],
)
def test_nonsense_is_refused_at_its_parameter(name: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        asked((name, value), ("q" if name != "q" else "tag", "fine"))
    assert set(refused.value.problems) == {name}


def test_an_end_before_its_beginning_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        asked(("from", "2027-01-09"), ("until", "2027-01-08"))
    assert set(refused.value.problems) == {"until"}


@given(st.lists(st.tuples(st.sampled_from([*PARAMETERS, "page"]), st.text(max_size=40)), max_size=6))
def test_whatever_is_asked_is_refused_in_words_or_written_back_alike(pairs: list[tuple[str, str]]) -> None:
    with suppress(Refused):
        check(read(MultiDict(pairs)))


def check(found: Filter) -> None:
    again = read(MultiDict(found.written))
    assert (again, again.query) == (found, found.query)
    assert iri_to_uri(found.query) == found.query
