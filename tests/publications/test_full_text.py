"""Full text: what is found by its words, in which order, and that what people type is words and nothing else."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from actors import local
from actors.database import session
from flask_maillage.publications import listing
from flask_maillage.publications.content import ActorRef, Translation
from flask_maillage.publications.models import Publication
from flask_maillage.publications.searching import index, words
from flask_maillage.publications.searching.models import SearchedText
from flask_maillage.territory.places import Place
from tests import postgresql
from tests.publications.board import draft, publish, receive

pytestmark = postgresql.BOTH


def found(app, asked):
    """Return the titles that a text finds among what everybody may see, the most telling first."""
    with app.app_context():
        query = listing.visible().where(index.holds(asked))
        return [one.name for one in session().scalars(index.most_telling(query, asked))]


WAYS = (
    "énergie",
    "ENERGIE",
    "l'énergie",
    "energies",
    "ener",
    "œuvre energie",
    "oeuvre",
    "citoyen",
    "Saint-Égrève",
    "38120",
    "maraichers",
    "reemploi",
    "zonneweide",
)
"""All of them ask for the initiative of the test."""


def test_words_are_found_without_accents_and_by_their_beginning(app):
    publish(
        app,
        "initiative",
        name="À l'œuvre pour l'Énergie citoyenne",
        place=Place(name="La halle", locality="Saint-Égrève", postal_code="38120"),
        organisers=(ActorRef(name="Les Maraîchers réunis"),),
        tags=("Réemploi",),
        translations=(Translation(language="nl", name="Zonneweide", source="Kom.", html="<p>Kom.</p>"),),
    )
    publish(app, "initiative", name="Bread ovens", html="", organisers=(), tags=(), place=None)
    assert {way: found(app, way) for way in WAYS} == {way: ["À l'œuvre pour l'Énergie citoyenne"] for way in WAYS}
    assert len(found(app, "a union")) == 2, "by the name of who published them"


def test_all_words_must_be_there_and_the_title_weighs_more(app):
    publish(app, "initiative", name="Bread", html="<p>Made with solar ovens.</p>")
    publish(app, "initiative", name="Solar ovens", html="<p>For all.</p>")
    publish(app, "initiative", name="Solar roofs", html="<p>For all.</p>")
    assert found(app, "solar ovens") == ["Solar ovens", "Bread"]


def test_only_what_everybody_may_see_is_found(app):
    receive(app, "event", name="Zucchini of a partner")
    publish(app, "event", name="Zucchini for some", row={"visibility": "direct"})
    publish(app, "event", name="Zucchini unlisted", row={"visibility": "unlisted"})
    draft(app, "event", name="Zucchini unfinished")
    assert found(app, "zucchini") == ["Zucchini of a partner"]


def test_index_follows_changes_names_and_removal(app):
    publish(app, "initiative", name="Former name")
    with app.app_context():
        row = session().scalar(select(Publication))
        row.content = row.content.model_copy(update={"name": "Present name"})
        local.find("union").name = "Syndicat des étoiles"
        session().commit()
    assert found(app, "former") == []
    assert found(app, "etoiles present") == ["Present name"]
    with app.app_context():
        session().delete(session().scalar(select(Publication)))
        session().commit()
        assert session().scalars(select(SearchedText)).all() == []
    assert found(app, "present") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="\"'*-+^:(){}|&!<>\\ aAND OR NOT NEAR\x00", max_size=30))
def test_any_text_is_only_words(app, asked):
    asked = asked.encode("utf-8", "replace").decode()
    with app.app_context():
        query = listing.visible().where(index.holds(asked))
        assert session().scalars(index.most_telling(query, asked)).all() == []
    for term in words.terms(asked):
        assert all(sign.isalnum() for word in (term.beginning, *term.exactly) for sign in word)


def test_a_list_filtered_by_text_is_a_feed_of_the_same(app, client):
    publish(app, "initiative", name="Fête du vélo")
    publish(app, "initiative", name="Bread ovens")
    for path in ("/publications?q=fete", "/initiatives?q=FÊTES", "/feed.atom?q=fete+velo", "/list.csv?q=vel"):
        answer = client.get(path).text
        assert "Fête du vélo" in answer, path
        assert "Bread ovens" not in answer, path
