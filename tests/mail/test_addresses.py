"""Which e-mail addresses we write to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_maillage.mail.addresses import deliverable


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (" Zoe@Example.ORG ", "zoe@example.org"),
        ("zoe+seminar@bücher.example", "zoe+seminar@xn--bcher-kva.example"),
        ("zoe@localhost", None),
        ("zoe@[127.0.0.1]", None),
        ("zoe@10.0.0.1", None),
        ("@example.org", None),
        ("zoe.@example.org", None),
        ("zoe@example..org", None),
        ("zoé@example.org", None),
        ('"zoe"@example.org', None),
        ("zoe", None),
        ("z" * 65 + "@example.org", None),
    ],
)
def test_addresses_are_checked_before_anything_is_written(typed, sent):
    assert deliverable(typed) == sent


@given(st.text(max_size=80))
def test_address_that_is_taken_is_one_plain_word(typed):
    found = deliverable(f"{typed}@example.org")
    assert found is None or (found.isascii() and not set(found) & set(' \r\n\t<>,;:"()[]\\'))
