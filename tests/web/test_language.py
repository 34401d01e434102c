"""The language that pages speak: whose choice counts, and that nothing stays in English on a French page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from flask import Flask
from wtforms.fields.core import UnboundField

from flask_maillage.people.wording import COUNTED_OF_WTFORMS, OF_WTFORMS
from flask_maillage.publications.categories import CATEGORIES
from flask_maillage.publications.forms.call import TERRITORIES
from flask_maillage.publications.forms.event import JOIN_MODES, STATUSES
from flask_maillage.publications.forms.recurrence import DAYS, REPEATS
from flask_maillage.publications.kinds import KINDS
from flask_maillage.publications.stages import STAGES
from flask_maillage.publications.topics import TOPICS
from flask_maillage.publications.workers import WORKERS
from flask_maillage.web.language import FOLDER, LANGUAGES, gettext, translate
from tests.reader import Reader

ROOT = Path(__file__).resolve().parent.parent.parent
KEYWORDS: dict[str, Any] = {"_": None, "word": None, "gettext": None, "translate": (2,), "ngettext": (1, 2)}
Message = str | tuple[str, ...]


def written_messages() -> Iterator[Message]:
    """Yield every message that templates and modules mark for the translator."""
    sources = [("jinja2", path) for path in (ROOT / "templates").rglob("*.html")]
    sources += [("python", path) for path in (ROOT / "flask_maillage").rglob("*.py")]
    for method, path in sources:
        with path.open("rb") as file:
            for _, message, _, _ in extract(method, file, keywords=KEYWORDS):
                yield message if isinstance(message, str) else tuple(message)


def chosen_words() -> Iterator[str]:
    """Yield the words that pages translate though no `_` stands beside them: labels of kinds, choices, groups."""
    for kind in KINDS:
        yield from (kind.label, kind.plural)
        yield from (title for title, _ in kind.form().groups)
        yield from words_of_fields(kind.form())
    yield from STAGES.values()
    yield from (topic.label for topic in TOPICS)
    yield from WORKERS.values()
    yield from CATEGORIES.values()
    yield from (label for _, label in (*TERRITORIES, *STATUSES, *JOIN_MODES, *REPEATS, *DAYS))


def words_of_fields(form: type) -> Iterator[str]:
    """Yield the labels, helps and titles of a form's fields, those of its rows too."""
    for field in vars(form).values():
        if isinstance(field, UnboundField):
            if field.args and isinstance(field.args[0], type):
                yield from words_of_fields(field.args[0])
            more = (field.kwargs.get(name, "") for name in ("description", "title"))
            yield from (text for text in (*field.args[:2], *more) if text and isinstance(text, str))


def translations(language: str) -> dict[Message, Message]:
    with (FOLDER / language / "LC_MESSAGES" / "maillage.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): message.string
        for message in catalogue
        if message.id
    }


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_no_message_is_without_translation(language: str) -> None:
    known = translations(language)
    wanted = {message for message in (*written_messages(), *chosen_words()) if message}
    assert len(wanted) > 200
    assert sorted(map(str, (message for message in wanted if not known.get(message)))) == []


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_translations_have_the_variables_of_their_messages(language: str) -> None:
    values: dict[str, Any] = dict.fromkeys(("count", "line", "length", "n", "number", "sum", "selected", "max"), 2)
    for message, string in translations(language).items():
        originals, texts = ([one] if isinstance(one, str) else list(one) for one in (message, string))
        names = {name for text in originals for name in _variables(text)}
        for text in texts:
            assert set(_variables(text)) <= names, text
            if names:
                assert text % {**dict.fromkeys(names, "x"), **{n: v for n, v in values.items() if n in names}}
        assert set(_variables(texts[-1])) == set(_variables(originals[-1])), message


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_library_of_forms_says_is_said_in_words_of_people(language: str) -> None:
    assert not [message for message in OF_WTFORMS if translate(language, message).startswith("Not a valid")]
    known = translations(language)
    assert all(known.get(pair) for pair in COUNTED_OF_WTFORMS)


def _variables(text: str) -> list[str]:
    return [part.partition(")")[0] for part in text.split("%(")[1:]]


def test_outside_an_application_words_are_english() -> None:
    assert gettext("Calls") == "Calls"
    assert translate("fr", "Calls") == "Appels"
    assert translate("xx", "Calls") == "Calls"


@pytest.mark.parametrize(
    ("header", "language"),
    [("fr-BE,fr;q=0.9,en;q=0.5", "fr"), ("de, en;q=0.3", "en"), ("nl", "en"), (None, "en"), ("*;q=0.1", "en")],
)
def test_browser_decides_among_the_languages_that_there_are(app: Flask, header: str | None, language: str) -> None:
    page = Reader(app).get("/", headers={"Accept-Language": header} if header else {})
    assert f'<html lang="{language}">' in page.text
    assert "Accept-Language" in page.headers["Vary"]


def test_choice_in_the_address_counts_and_is_kept(app: Flask) -> None:
    reader = Reader(app)
    chosen = reader.get("/?lang=fr")
    assert "Appels ouverts" in chosen.text
    assert "no-store" in chosen.headers["Cache-Control"]
    later = reader.get("/calls", headers={"Accept-Language": "en"})
    assert '<html lang="fr">' in later.text
    assert '<html lang="en">' in reader.get("/?lang=en").text


def test_unknown_language_in_the_address_changes_nothing(app: Flask) -> None:
    page = Reader(app).get("/?lang=xx", headers={"Accept-Language": "fr"})
    assert '<html lang="fr">' in page.text
    assert "maillage_language" not in page.headers.get("Set-Cookie", "")


def test_link_to_the_other_language_keeps_the_rest_of_the_address(app: Flask) -> None:
    assert 'href="?past=1&amp;lang=fr"' in Reader(app).get("/events?past=1").text
