"""Lists of blocked hosts as the fediverse hands them around: read with care, written so that others can read them."""

from datetime import UTC, datetime

import pytest

from actors import policy_lists
from actors.models import HostPolicy
from actors.policy_lists import Listed, ListRefused, read, write

MASTODON = (
    "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n"
    'spam.example,suspend,FALSE,false,"Adverts, and ""more""",false\r\n'
    "loud.example,silence,true,true,,true\r\n"
    "ok.example,noop,true,false,,false\r\n"
)


def told(raw: bytes | str, **more: bool) -> list[tuple[str, str, bool, str]]:
    raw = raw if isinstance(raw, bytes) else raw.encode()
    return [(one.name, one.level, one.refuses_media, one.reason) for one in read(raw, **more).decisions]


def problems(raw: bytes | str) -> list[tuple[int, str]]:
    with pytest.raises(ListRefused) as caught:
        read(raw if isinstance(raw, bytes) else raw.encode())
    return [(problem.line, problem.text) for problem in caught.value.problems]


def row(name: str, level: str, refuses_media: bool = False, reason: str = "") -> HostPolicy:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    return HostPolicy(name=name, level=level, refuses_media=refuses_media, reason=reason, created_at=moment)


def test_list_in_the_columns_of_mastodon() -> None:
    assert told(MASTODON) == [
        ("spam.example", "block", False, 'Adverts, and "more"'),
        ("loud.example", "silence", True, ""),
        ("ok.example", "none", True, ""),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        MASTODON.replace("#", ""),
        MASTODON.replace("\r\n", "\n"),
        b"\xef\xbb\xbf" + MASTODON.encode(),
        MASTODON + "\r\n  \r\n,,,,,\r\n",
        MASTODON.replace("spam.example", " SPAM.Example. "),
    ],
    ids=["no #", "LF", "BOM", "empty lines", "spelling"],
)
def test_forms_that_say_the_same(raw: str | bytes) -> None:
    assert told(raw) == told(MASTODON)


def test_columns_may_stand_in_any_order_and_be_missing() -> None:
    assert told("severity,domain\nsilence,a.example\n,b.example\n") == [
        ("a.example", "silence", False, ""),
        ("b.example", "block", False, ""),
    ]


@pytest.mark.parametrize("header", ["", "#domain\n", "domain\n", "# gathered by hand\n"])
def test_plain_list_of_hosts_is_one_of_blocks(header: str) -> None:
    assert told(f"{header}a.example\n\nbücher.example\n") == [
        ("a.example", "block", False, ""),
        ("xn--bcher-kva.example", "block", False, ""),
    ]


def test_list_of_hosts_to_allow() -> None:
    assert told("#domain\na.example\n", allowing=True) == [("a.example", "allow", False, "")]


def test_hosts_that_are_not_written_out_are_skipped_and_named() -> None:
    found = read(b"#domain,#severity\nex***le.org,suspend\na.example,suspend\n*.b.example,suspend\n")
    assert [one.name for one in found.decisions] == ["a.example"]
    assert found.skipped == (2, 4)


def test_two_lines_about_one_host_count_as_the_stricter() -> None:
    raw = "domain,severity,reject_media,public_comment\na.example,silence,true,\nA.example,suspend,false,why\n"
    assert told(raw) == [("a.example", "block", True, "why")]


@pytest.mark.parametrize(
    ("raw", "line", "why"),
    [
        ("a.example\nb..example\n", 2, "“b..example” is not the name of a host"),
        ("domain,severity\na.example,suspend\nb.example,maybe\n", 3, "“maybe” is not noop, silence or suspend"),
        ("domain,reject_media\na.example,perhaps\n", 2, "“perhaps” is not true or false"),
        ("a.example,suspend\n", 1, "2 columns, more than the header has"),
        ('domain,public_comment\na.example,"two\nlines"\nb..example,\n', 4, "“b..example” is not the name of a host"),
        ('domain,public_comment\na.example,"never ends\n', 2, "not CSV (unexpected end of data)"),
        (b"a.example\n\xff\xfe\n", 2, "not in UTF-8"),
        ("domain,severity\n,suspend\n", 2, "“” is not the name of a host"),
    ],
)
def test_a_bad_line_is_named_by_its_number(raw: str | bytes, line: int, why: str) -> None:
    assert problems(raw) == [(line, why)]


def test_all_bad_lines_are_told_at_once_but_not_without_end() -> None:
    with pytest.raises(ListRefused) as caught:
        read(b"a..b\n" * 30)
    assert len(caught.value.problems) == 30
    assert str(caught.value).startswith("line 1: “a..b” is not")
    assert str(caught.value).endswith("; and 10 lines more")


def test_a_list_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(b"a" * (policy_lists.MAX_BYTES + 1)) == [(1, "the list is longer than 2048 KiB")]
    monkeypatch.setattr(policy_lists, "MAX_LINES", 3)
    assert problems("a.example\n" * 4) == [(5, "more than 3 lines")]


def test_what_is_written_is_read_again() -> None:
    reasons = ('Adverts, "quoted"', "=cmd()", "+1", "-1", "@x", "'quoted'", "'=x", "''+y", "", "ligne à ligne")
    rows = [row(f"{number}.example", "block", bool(number % 2), why) for number, why in enumerate(reasons)]
    rows += [row("-a.example", "silence"), row("n.example", "none", True), row("[2001:db8::1]", "block")]
    assert sorted(told(write(rows))) == sorted((one.name, one.level, one.refuses_media, one.reason) for one in rows)


def test_nothing_that_is_written_is_a_formula() -> None:
    text = write([row("-a.example", "block", reason="=HYPERLINK(0)"), row("b.example", "silence", reason="@SUM(1)")])
    assert text.splitlines()[1:] == [
        "'-a.example,suspend,false,false,'=HYPERLINK(0),false",
        "b.example,silence,false,false,'@SUM(1),false",
    ]


def test_allowed_hosts_stand_in_a_list_of_their_own() -> None:
    rows = [row("a.example", "allow"), row("b.example", "block"), row("c.example", "allow", refuses_media=True)]
    assert write(rows, allowing=True) == "#domain\r\na.example\r\nc.example\r\n"
    assert [line.split(",")[:3] for line in write(rows).splitlines()[1:]] == [
        ["b.example", "suspend", "false"],
        ["c.example", "noop", "true"],
    ]


def test_a_line_keeps_its_number() -> None:
    assert read(b"#domain\n\na.example\n").decisions == (Listed(3, "a.example", "block"),)
