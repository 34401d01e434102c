"""Documents are what they hold: no name makes another file of one, and what does harm is not taken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_maillage.files import documents, refusing
from flask_maillage.files.refusing import FileRefused
from flask_maillage.files.storing import clean_title, digest_of
from tests.files import nasty


def _named(value: object) -> str | None:
    """Give files no name of their bytes: archives hold the moment at which they were made."""
    return "data" if isinstance(value, bytes) else None


@pytest.mark.parametrize(
    ("data", "name", "ending", "pages"),
    [
        (nasty.pdf(3), "call.pdf", "pdf", 3),
        (nasty.pdf(1), "call.jpg", "pdf", 1),
        (nasty.endless_pdf(), "loop.pdf", "pdf", 1),
        (nasty.odt(), "a.odt", "odt", None),
        (nasty.odt(), "a.exe", "odt", None),
        (nasty.docx(), "a.docx", "docx", None),
        (nasty.archive({"xl/workbook.xml": b"x"}), "a.xlsx", "xlsx", None),
        (nasty.archive({"ppt/presentation.xml": b"x"}), "a.pptx", "pptx", None),
        ("prénom;âge\n".encode(), "people.csv", "csv", None),
        (b"\xef\xbb\xbfMinutes\r\n", "minutes.TXT", "txt", None),
        (b"# Minutes", "minutes.md", "txt", None),
        (nasty.EVIL_HTML, "page.txt", "txt", None),
    ],
    ids=_named,
)
def test_document_is_known_by_what_it_holds(data: bytes, name: str, ending: str, pages: int | None) -> None:
    found = documents.inspect(data, name)
    assert (found.media_type.ending, found.pages) == (ending, pages)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "call.pdf", refusing.EMPTY),
        (b"hello", "call.pdf", refusing.NO_PDF),
        (b"%PDF-1.7\nno more", "call.pdf", refusing.NO_PDF),
        (nasty.pdf()[:200], "call.pdf", refusing.NO_PDF),
        (b"MZ%PDF-1.7" + nasty.pdf(), "call.pdf", refusing.NO_PDF),
        (nasty.pdf(password="secret"), "call.pdf", refusing.LOCKED),
        (nasty.pdf(0), "call.pdf", refusing.NO_PAGES),
        (nasty.EVIL_HTML, "page.html", refusing.NO_DOCUMENT),
        (nasty.EVIL_HTML, "page", refusing.NO_DOCUMENT),
        (nasty.EVIL_SVG, "drawing.svg", refusing.NO_DOCUMENT),
        (b'{"type": "Person"}', "actor.json", refusing.NO_DOCUMENT),
        (nasty.picture(), "flyer.pdf", refusing.IMAGE_AS_DOCUMENT),
        (nasty.picture(kind="JPEG"), "flyer.jpg", refusing.IMAGE_AS_DOCUMENT),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old.doc", refusing.NO_DOCUMENT),
        (nasty.archive({"evil.exe": b"MZ"}), "a.docx", refusing.NO_DOCUMENT),
        (
            nasty.archive({"x": b"1", "mimetype": b"application/vnd.oasis.opendocument.text"}),
            "a.odt",
            refusing.NO_DOCUMENT,
        ),
        (nasty.docx()[:60], "a.docx", refusing.NO_DOCUMENT),
        (nasty.docx(**{"word/vbaProject.bin": b"x"}), "a.docx", refusing.WITH_MACROS),
        (nasty.odt(**{"Basic/script-lc.xml": b"x"}), "a.odt", refusing.WITH_MACROS),
        (nasty.odt(**{"Scripts/python/x.py": b"x"}), "a.odt", refusing.WITH_MACROS),
        (nasty.bomb(), "a.docx", refusing.NO_DOCUMENT),
        (nasty.locked_archive(), "a.docx", refusing.LOCKED),
        (nasty.docx(**{f"word/{number}": b"" for number in range(6000)}), "a.docx", refusing.NO_DOCUMENT),
        ("é".encode("latin-1"), "a.txt", refusing.NO_TEXT),
        (b"a\0b", "a.csv", refusing.NO_TEXT),
        (b"\x1b[2J", "a.txt", refusing.NO_TEXT),
    ],
    ids=_named,
)
def test_what_is_none_of_our_documents_is_refused_with_a_sentence(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        documents.inspect(data, name)
    assert refused.value.message == sentence


def test_archive_with_a_directory_of_many_megabytes_is_refused_before_it_is_read() -> None:
    data = bytearray(nasty.docx())
    end = data.rfind(documents.END_OF_ARCHIVE)
    data[end + 12 : end + 16] = (documents.LARGEST_DIRECTORY + 1).to_bytes(4, "little")
    with pytest.raises(FileRefused):
        documents.inspect(bytes(data), "a.docx")
    hidden = bytes(data[:end]) + documents.ZIP64_LOCATOR + b"\0" * 16 + nasty.docx()[-22:]
    with pytest.raises(FileRefused):
        documents.inspect(hidden, "a.docx")


SEEDS = [nasty.pdf(2), nasty.docx(), nasty.odt(), nasty.endless_pdf()]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 5000), st.binary(min_size=1, max_size=6))
def test_spoiled_document_is_a_document_or_refused(data: bytes, place: int, spoiled: bytes) -> None:
    place %= len(data)
    try:
        found = documents.inspect(data[:place] + spoiled + data[place + len(spoiled) :], "a.txt")
    except FileRefused:
        return
    assert found.pages is None or 1 <= found.pages <= documents.MOST_PAGES


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("The_call 2027.pdf", "The call 2027"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\Minutes.odt", "Minutes"),
        ("a\0b\r\nX-Evil: 1\u202etxt.pdf", "ab X-Evil: 1txt"),
        ("Programme <final> & more.pdf", "Programme & more"),
        (".htaccess", "htaccess"),
        ("..", ""),
        ("", ""),
        ("x" * 1000 + ".pdf", "x" * 150),
        ("Compte rendu du 3.12", "Compte rendu du 3"),
    ],
)
def test_title_of_a_file_is_its_name_without_what_could_do_harm(name: str, title: str) -> None:
    assert clean_title(name) == title


def test_digest_is_the_one_of_fep_1311() -> None:
    assert digest_of(b"") == "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
