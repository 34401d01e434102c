"""One publication in several languages: written in one form, read in the reader's, sent and received whole."""

import pytest
from sqlalchemy import select

from actors import local
from actors.database import reading, session
from actors.node import now
from federation import strict_json
from flask_maillage import sample
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.content import Content, Translation
from flask_maillage.publications.kinds import kind_named
from flask_maillage.publications.kinds.page_text import OBJECT_LIMIT
from flask_maillage.publications.models import Publication
from tests.publications import board
from tests.publications.test_kinds import ENVELOPE, NOW
from tests.reader import Reader

ON_ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW = "/@union/calls/new"
CALL = {"name": "Coaching for ten", "text": "Come *all*.", "deadline": "2027-01-13", "language": "en"}
GERMAN = {"translations-0-language": "de", "translations-0-name": "Beratung für zehn", "translations-0-text": "Kommt!"}
SPANISH = {"translations-1-language": "es", "translations-1-name": "Para diez", "translations-1-text": "¡Venid!"}


def in_german(content):
    return content.model_copy(
        update={"translations": (Translation(language="de", name="Auf Deutsch", html="<p>Kommt!</p>"),)}
    )


# On the wire; that every fact survives the way is in `test_kinds`.


def test_all_languages_go_out_with_the_original_first():
    call = in_german(sample.call(NOW))

    document = kind_named("call").to_object(call, ENVELOPE)

    assert list(document["nameMap"].items()) == [("en", document["name"]), ("de", "Auf Deutsch")]
    assert list(document["contentMap"]) == list(document["summaryMap"]) == ["en", "de"]
    assert document["contentMap"]["en"] == document["content"]
    assert document["contentMap"]["de"].startswith("<p>Kommt!</p>")
    assert document["inLanguage"] == "en"
    assert "nameMap" not in kind_named("call").to_object(sample.call(NOW), ENVELOPE)


def test_the_original_is_told_from_translations_in_any_order():
    event = kind_named("event")
    document = event.to_object(in_german(sample.seminar(NOW)), ENVELOPE)
    for key in ("nameMap", "summaryMap", "contentMap"):
        document[key] = dict(sorted(document[key].items()))

    content = event.from_object(document)

    assert (content.language, [one.language for one in content.translations]) == ("en", ["de"])


@pytest.mark.parametrize(
    ("maps", "read"),
    [
        ({"nameMap": {"en": "A call", "de": "Ein Aufruf"}}, [("de", "Ein Aufruf", "")]),
        ({"nameMap": {"en": "A call", "de": 5, "fr": None, "": "x", "und": "y"}}, []),
        ({"nameMap": ["de"], "contentMap": "de"}, []),
        ({"contentMap": {"en": "<p>Come.</p>", "de": "<p>Da<script>x</script></p>"}}, [("de", "", "<p>Da</p>")]),
        ({"nameMap": {"en": "A call"} | {f"{a}{b}": "x" for a in "abcdefgh" for b in "xyzw"}}, 10),
    ],
)
def test_what_peers_write_in_several_languages_is_read_within_limits(maps, read):
    document = {"id": "https://a.test/1", "type": "Article", "name": "A call", "content": "<p>Come.</p>", "call": {}}

    content = kind_named("call").from_object(document | maps)

    found = [(one.language, one.name, one.html) for one in content.translations]
    assert len(found) == read if isinstance(read, int) else found == read


@pytest.mark.parametrize("titled", [True, False])
def test_a_note_says_its_title_in_each_language_and_has_no_summary_in_any(titled):
    news = kind_named("news")
    content = Content(
        kind="news",
        name="Good news",
        html="<p>Good news</p>",
        language="en",
        details=news.details(titled=titled),
        status="active",
        translations=(Translation(language="de", name="Gut", html="<p>Gut</p>"),),
    )

    document = news.to_object(content, ENVELOPE)

    assert "summaryMap" not in document
    assert document.get("nameMap") == ({"en": "Good news", "de": "Gut"} if titled else None)
    assert document["contentMap"]["de"] == ("<p><strong>Gut</strong></p>" if titled else "") + "<p>Gut</p>"
    assert news.from_object(document) == content


@pytest.mark.parametrize("kind", ["call", "event", "initiative"])
def test_ten_long_translations_stay_below_what_peers_take(kind):
    tags = ("de", "es", "fr", "it", "nl", "pt", "pl", "sv", "fi", "da")
    long = [Translation(language=tag, name="ü" * 180, html="<p>élément</p>" * 5000) for tag in tags]
    content = board.SAMPLES[kind](NOW).model_copy(update={"translations": tuple(long)})

    document = kind_named(kind).to_object(content, ENVELOPE)

    assert len(strict_json.dumps(document)) <= OBJECT_LIMIT
    assert set(document["nameMap"]) == {"en", *tags}
    assert document["contentMap"]["en"] == document["content"]
    few = content.model_copy(update={"translations": (long[0].model_copy(update={"html": "<p>Kurz</p>"}), long[1])})
    assert list(kind_named(kind).to_object(few, ENVELOPE)["contentMap"]) == ["en", "de"]


# Written and read.


@pytest.fixture
def _beside_the_requests(app):
    with app.app_context(), reading():
        yield


@pytest.fixture
def reader(app):
    ann = Reader(app)
    assert ann.sign_in().status_code == 303
    return ann


def stored():
    session().rollback()
    return session().scalars(select(Publication)).one()


@ON_ONE_DATABASE
@pytest.mark.usefixtures("_beside_the_requests")
def test_translations_are_written_in_the_form_and_read_in_the_readers_language(app, reader):
    path = reader.submit(NEW, **CALL, **GERMAN).location
    assert reader.submit(f"{path}/edit", **SPANISH).status_code == 303
    assert [(one.language, one.name, one.source) for one in stored().content.translations] == [
        ("de", "Beratung für zehn", "Kommt!"),
        ("es", "Para diez", "¡Venid!"),
    ]

    def shown(**asked):
        return Reader(app).get(path, **asked).text

    german = shown(headers={"Accept-Language": "de-AT, en;q=0.5"})
    assert '<h1 lang="de">Beratung für zehn</h1>' in german
    assert "Kommt!" in german
    assert '<html lang="en">' in german
    assert '<a href="?lang=es" lang="es" hreflang="es" rel="nofollow alternate">español</a>' in german
    assert 'rel="alternate" hreflang="es" href="http://localhost' in german
    assert '<h1 lang="es">Para diez</h1>' in shown(query_string={"lang": "es"}, headers={"Accept-Language": "de"})
    for language in ("pl", "fr", "en"):
        assert '<h1 lang="en">Coaching for ten</h1>' in shown(headers={"Accept-Language": language})
    history = reader.get(f"{path}/history/2").text
    assert "<ins>Para diez</ins>" in history


@ON_ONE_DATABASE
@pytest.mark.usefixtures("_beside_the_requests")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({**GERMAN, "language": "de"}, "Each language once"),
        ({**GERMAN, "translations-0-language": ""}, "Choose the language of this translation."),
        ({**GERMAN, "translations-0-name": ""}, "Give each translation a title."),
        ({**GERMAN, "translations-0-text": ""}, "Write at least a sentence."),
        ({**GERMAN, "translations-0-language": "xx"}, "This choice does not exist."),
    ],
)
def test_a_translation_that_cannot_be_is_refused_with_a_sentence(app, reader, typed, said):
    answer = reader.submit(NEW, **{**CALL, **typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'id="translations-error"' in answer.text


@ON_ONE_DATABASE
@pytest.mark.usefixtures("_beside_the_requests")
def test_feeds_speak_the_nodes_language_or_the_one_of_their_address(app):
    content = board.sample_of("call", now()).model_copy(
        update={
            "language": "fr",
            "name": "Appel",
            "translations": (
                Translation(language="en", name="In English", html="<p>Come</p>"),
                Translation(language="de", name="Auf Deutsch", html="<p>Kommt</p>"),
            ),
        }
    )
    publishing.publish(publishing.draft(local.find("union"), content))
    session().commit()
    reader = Reader(app)

    assert reader.get("/feed.json").json["items"][0]["title"] == "In English"
    german = reader.get("/feed.json?lang=de")
    assert german.json["items"][0]["title"] == "Auf Deutsch"
    assert german.json["items"][0]["language"] == "de"
    assert german.json["feed_url"].endswith("?lang=de")
    assert reader.get("/feed.json?lang=pl").json["items"][0]["title"] == "Appel"
    assert reader.get("/feed.json").headers["ETag"] != german.headers["ETag"]


@ON_ONE_DATABASE
@pytest.mark.usefixtures("_beside_the_requests")
def test_translations_of_a_copy_are_read_and_those_of_what_is_withdrawn_are_gone(app, reader):
    path = board.receive(app, "event", translations=(Translation(language="de", name="Auf Deutsch", html="<p>Da</p>"),))
    assert '<h1 lang="de">Auf Deutsch</h1>' in Reader(app).get(path, query_string={"lang": "de"}).text
    keeping.erase(stored())
    session().commit()

    path = reader.submit(NEW, **CALL, **GERMAN).location
    reader.submit(f"{path}/withdraw")
    assert stored().translations == []
