"""Which experts are suggested for a cohort, and why: by words that its initiatives use, the same each time."""

from flask_maillage.calls.sessions.matching import Needing, Offering, suggestions

ITALIANS = [
    Needing("a", "it", ("Diritto cooperativo", "We lack advice on cooperative law.")),
    Needing("b", "it-IT", ("COOPERATIVE  LAW!",)),
    Needing("c", "fr", ("Droit coopératif", "cooperative law, and négociation collective")),
]


def expert(key, name, *competences, languages=("it",)):
    return Offering(key, name, competences, languages)


def test_an_expert_is_suggested_with_how_many_need_what_they_know_and_whose_language_they_speak():
    (found,) = suggestions(ITALIANS, [expert(1, "Ada", "Cooperative law", "Bookkeeping", languages=("it", "en"))])
    assert found.competences == (("Cooperative law", 3),)
    assert found.languages == (("it", 2),)
    assert found.reached == 3


def test_who_knows_nothing_that_is_needed_is_not_suggested_whatever_they_speak():
    assert suggestions(ITALIANS, [expert(1, "Ada", "Bookkeeping")]) == []


def test_words_count_whole_and_in_their_order_whatever_accents_and_capitals():
    those = [
        expert(1, "Accents", "Negociation COLLECTIVE"),
        expert(2, "Order", "law cooperative"),
        expert(3, "Part", "operative law"),
        expert(4, "Short", "on"),
        expert(5, "Nothing", "…"),
    ]
    assert [one.key for one in suggestions(ITALIANS, those)] == [1]


def test_who_helps_more_comes_first_then_who_speaks_with_more_then_by_name():
    those = [
        expert(1, "Zoe", "cooperative law", languages=("en",)),
        expert(2, "Bea", "cooperative law"),
        expert(3, "Ada", "cooperative law"),
        expert(4, "Cid", "négociation collective", "droit coopératif", languages=("fr",)),
    ]
    found = [one.key for one in suggestions(ITALIANS, those)]
    assert found == [3, 2, 1, 4]
    assert [one.key for one in suggestions(reversed(ITALIANS), reversed(those))] == found
