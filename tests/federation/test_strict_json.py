"""JSON from strangers: what is refused, and what passes unchanged."""

import pytest

from federation import strict_json
from federation.errors import Malformed


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e400}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":9007199254740993}',
        b'{"a":"\\ud800"}',
        b'{"\\ud800":1}',
        b'{"a":"b\\u0000c"}',
        b"[" * 100_000,
        b"[" * 33 + b"]" * 33,
        b"[" + b"1," * 5000 + b"1]",
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":1} x',
        b'{"a":"\xff"}',
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_cannot_be_stored_or_trusted_is_malformed(text):
    with pytest.raises(Malformed):
        strict_json.loads(text)


@pytest.mark.parametrize(
    "value",
    [{"a": [1, -2.5, None, True, "é😀"]}, [], "text", 0, 2**53, [[["deep"]]], {"": {}}],
    ids=repr,
)
def test_what_is_written_is_read_again(value):
    assert strict_json.loads(strict_json.dumps(value)) == value


def test_deepest_and_longest_documents_within_the_limits_are_read():
    assert strict_json.loads(b"[" * 32 + b"]" * 32)
    assert len(strict_json.loads(b"[" + b"1," * 4998 + b"1]")) == 4999
