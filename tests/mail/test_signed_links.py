"""What links in mails carry: ours alone, for one purpose and one row, and those of last year's mails still open."""

import base64
import hmac
from datetime import timedelta

import pytest

from actors.node import node
from flask_maillage.mail import signed_links


@pytest.fixture(autouse=True)
def _inside(app):
    with app.app_context():
        yield


def token(purpose="seats", *said, ends=signed_links.end_of):
    """Return a token that ends in an hour, and what it is read as."""
    second = ends(timedelta(hours=1))
    return signed_links.written(26, ("ires", f"{second:x}"), purpose, *said, second)


def test_a_link_says_what_was_written_and_holds_for_that_alone():
    link = signed_links.read(token("seats", "ires"), words=2)

    assert (link.number, link.words[0]) == (26, "ires")
    assert link.holds("seats", "ires", link.ends)
    for other in (("guests", "ires", link.ends), ("seats", "etuc", link.ends), ("seats", "ires", link.ends + 1)):
        assert not link.holds(*other)


def test_a_link_is_over_when_its_second_has_come(clock):
    link = signed_links.read(token(), words=2)
    clock.turn(minutes=59, seconds=59)
    assert not link.is_over
    clock.turn(seconds=1)
    assert link.is_over


def test_a_mark_is_what_it_was_in_mails_that_went_out_long_ago():
    whole = hmac.digest(node().secret.derive("unsubscribing"), b"26\nonce\nnews", "sha256")
    mark = base64.urlsafe_b64encode(whole[:18]).decode()

    assert signed_links.written(26, ("news",), "unsubscribing", 26, "once", "news") == f"1a.news.{mark}"


@pytest.mark.parametrize("number", ["", "0", "80000000", "123456789", "-1", "0x1", " 1", "1_0", "é"])
def test_what_is_no_number_of_a_row_is_no_link(number):
    mark = signed_links.written(1, (), "seats").partition(".")[2]

    assert signed_links.read(f"1.{mark}").number == 1
    assert signed_links.read(f"{number}.{mark}") is None


@pytest.mark.parametrize("change", ["{}x", "{}.x", "x.{}", "{}é", "{}\n", " {}"])
def test_a_changed_link_is_none(change):
    link = signed_links.read(change.format(token("seats", "ires")), words=2)

    assert link is None or not link.holds("seats", "ires", link.ends)


@pytest.mark.parametrize("words", [0, 1, 3])
def test_a_link_of_another_sort_is_none(words):
    assert signed_links.read(token(), words=words) is None


def test_a_moment_that_is_no_number_is_over():
    link = signed_links.read(signed_links.written(1, ("soon",), "seats"), words=1)

    assert link.is_over
