"""Reading printed programmes: what a person would have typed comes out of the text as it was pasted."""

import time as stopwatch
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flask_maillage.publications.programmes.affiliations import names_a_person, speakers_in
from flask_maillage.publications.programmes.pasting import Pasted, read
from flask_maillage.publications.programmes.printed import MAX_TEXT, blocks_of

HERE = Path(__file__).parent
SEED = HERE / "printed_seminar.txt"
DAY = date(2026, 12, 11)

Outline = list[str]


def outline(items: Iterable[Pasted], *, parts: bool = False) -> Outline:
    """Return items as short lines: time, kind and name; speakers and parts below, indented."""
    found: Outline = []
    for item in items:
        end = f"-{item.end:%H:%M}" if item.end else ""
        times = f"{item.start:%H:%M}{end} " if item.start else ""
        room = f" @ {item.room}" if item.room else ""
        about = f" # {item.description}" if item.description else ""
        found.append(f"{'- ' if parts else ''}{times}{item.kind}: {item.name}{room}{about}")
        for one in item.speakers:
            country = f" ({one.country})" if one.country else ""
            said = " / ".join((one.name, one.role, one.organisation))
            found.append(f"  {said}{country}")
        found.extend(f"  {line}" for line in outline(item.parts, parts=True))
    return found


def pasted(name: str) -> Outline:
    return outline(read((HERE / name).read_text(encoding="utf-8"), first_day=DAY))


def one(text: str) -> Pasted:
    (item,) = read(text, first_day=DAY)
    return item


def test_seminar_of_the_seed_is_read_as_it_was_printed() -> None:
    assert pasted("printed_seminar.txt") == [
        "08:45 welcome: Welcome",
        "09:00 introduction: Introduction",
        "09:05 talk: Building collective groups and action in digital era",
        "  Mark Graham /  / Oxford Internet Institute",
        "09:15 session: Session 1: Defending the rights of crowd workers # Three experiences from abroad",
        "  Kristy Milland / Community Manager / TurkerNation.com (CA)",
        "  Robert Fuss / Leader of the platform FairCrowdWork Watch / IG Metall (DE)",
        "  Sarah Bormann / “Cloud and crowd” advisor / Ver.di (DE)",
        "09:30 debate: Debate",
        "10:15 session: Session 2: Creating new unions for self-employed workers # The US, Italian and Spanish unions "
        "of autonomous workers",
        "  Caitlin Pearce / Director of Member Engagement / Freelancers Union (US)",
        "  Claudio Treves / General Secretary / sindacato dei lavoratori atipici, NIdiL-Cgil (IT)",
        "  César Garcia Arnal / Vice General Secretary / Unión de Profesionales y Trabajadores Autónomos, UPTA (ES)",
        "10:30 debate: Debate",
        "11:15 break: Coffee break",
        "11:30 session: Session 3: Alternative forms of organization: The role of third parties and professional "
        "bodies",
        "  - block: A look at the creative professions",
        "    Christophe Lemaire / member of the board / French Allianz for Design (FR)",
        "  - block: Co-working, and business and work co-operatives",
        "    Delphine Chenuet / co-founder / collectif des tiers-lieux (co-working collective)",
        "    Stéphane Veyer / co-leader / Coopaname (Business and employment co-operative)",
        "11:45 debate: Debate",
        "12:10 recap: Recap and next steps",
        "  Olivier Mériaux / General overview / ANACT",
        "  - round_table: Roundtable to identify the main issues at stake",
        "13:00 meal: Buffet lunch",
    ]


def test_french_day_with_parallel_workshops_is_read() -> None:
    assert pasted("printed_fr_cooperatives.txt") == [
        "08:45 welcome: Accueil café",
        "09:15-09:30 introduction: Mot d'accueil",
        "  Fatima Belkacem / maire adjointe de Grenoble / ",
        "  Jean-Luc Moreau /  / Union départementale CGT",
        "09:30-10:45 round_table: Table ronde n°1 : Salariés sans patron : que change la coopérative d'activité et "
        "d'emploi ?",
        "  Claire Petit / Modération, journaliste / ",
        "  Noémie de Grenier / codirectrice / Coopaname",
        "  Stéphane Rullac /  / Université de Savoie (FR)",
        "  Léa Dupuis /  / SMart (BE)",
        "10:45 debate: Débat avec la salle",
        "11:15 break: Pause",
        "11:30 session: Atelier 1 : Les livreurs à vélo @ Salle Jaurès",
        "  Arthur Hay / secrétaire général / syndicat des coursiers de la Gironde",
        "11:30 session: Atelier 2 : Les métiers de la création @ Salle Croizat",
        "  Inès Martin / illustratrice / Ligue des auteurs professionnels",
        "12:30 meal: Déjeuner-buffet",
        "14:00 recap: Conclusion",
        "  Marc Lefort / président / Réseau des tiers-lieux",
    ]


def test_french_programme_over_two_days_is_read() -> None:
    items = read((HERE / "printed_fr_two_days.txt").read_text(encoding="utf-8"), first_day=DAY)
    assert [item.day for item in items] == [date(2027, 1, 14)] * 4 + [date(2027, 1, 15)] * 4
    assert outline(items) == [
        "14:00-14:30 welcome: Accueil des participants",
        "14:30-16:00 session: Séance plénière : Le travail des plateformes en Europe",
        "  Karim Ben Ali /  / Coursiers bordelais",
        "  Giulia Rossi / secrétaire nationale / NIdiL-CGIL (IT)",
        "16:00 debate: Échanges",
        "19:30 meal: Dîner au restaurant coopératif",
        "09:00 welcome: Café d'accueil",
        "09:30 talk: Présentation de l'enquête « Travailler pour une application »",
        "  Sophie Bernard / professeure de sociologie / Université Paris-Dauphine",
        "11:00 recap: Synthèse des deux journées",
        "12:15 meal: Repas",
    ]


def test_english_conference_with_hours_before_and_after_noon_is_read() -> None:
    assert pasted("printed_en_conference.txt") == [
        "08:30 welcome: Registration and coffee",
        "09:00-09:15 introduction: Opening remarks",
        "  Ludovic Voet / Confederal Secretary / ETUC (BE)",
        "09:15-10:30 round_table: Panel 1: Who is the employer? # Questions from the platforms will be answered too.",
        "  Ann O'Connor / Chair / International Labour Office",
        "  Prof. Valerio De Stefano /  / York University (CA)",
        "  Maria Hansen / General Secretary / 3F (DK)",
        "10:30 debate: Q&A",
        "11:00 break: Coffee break",
        "11:15 talk: Algorithms at work @ Room 2.14",
        "  James Farrar /  / Worker Info Exchange (GB)",
        "  Agnieszka Piasna /  / ETUI",
        "12:30 meal: Networking lunch",
        "13:30 session: Parallel workshops",
        "  - block: A. Data rights",
        "    Cansu Safak / researcher / Worker Info Exchange",
        "  - block: B. Bargaining",
        "    Kurt Vandaele /  / ETUI",
        "15:00 recap: Closing and next steps",
        "  Esther Lynch /  / ",
        "16:00 meal: Drinks reception",
    ]


def test_table_copied_from_a_page_is_read() -> None:
    assert pasted("printed_en_table.txt") == [
        "10:00 welcome: Welcome by the hosts @ Hall",
        "  Rosa Klein /  / Common Ground Berlin",
        "10:15 talk: Keynote: Owning the platform @ Main hall",
        "  Trebor Scholz /  / The New School (US)",
        "11:00 break: Break",
        "11:20-12:20 debate: Discussion: what would it take? @ Room 3",
        "  Amelia Evans /  / Minderoo Foundation (AU)",
        "12:20 meal: Lunch",
    ]


def test_list_with_bullets_is_read() -> None:
    assert pasted("printed_en_list.txt") == [
        "13:00 introduction: Introduction",
        "  Tom Baker /  / ",
        "  Sue Wright /  / ",
        "13:10-14:00 round_table: Round table: Housing and work",
        "  Nina Patel / Moderator / Tenants Together",
        "  Pablo Ruiz /  / Sindicat de Llogateres (ES)",
        "  Ola Nowak /  / Razem dla Miast (PL)",
        "14:00 debate: Discussion",
        "14:30 break: Tea # noon the next day is not a time of this list",
        "23:30 talk: Night visit of the depot",
    ]


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("08:45 A", time(8, 45), None),
        ("8h45 A", time(8, 45), None),
        ("8 h 45 A", time(8, 45), None),
        ("9h A", time(9), None),
        ("9.15 A", time(9, 15), None),
        ("9:00 – 10:30 A", time(9), time(10, 30)),
        ("9h00-10h30 : A", time(9), time(10, 30)),
        ("de 9h à 10h A", time(9), time(10)),
        ("9 am A", time(9), None),
        ("9.15 a.m. A", time(9, 15), None),
        ("12:15 p.m. A", time(12, 15), None),
        ("12 a.m. A", time(0), None),
        ("2:00 – 3:30 p.m. A", time(14), time(15, 30)),
        ("11:00 – 1:00 p.m. A", time(11), time(13)),
        ("11:30-1:00 A", time(11, 30), time(13)),
        ("23:00-01:00 A", time(23), time(1)),
        ("12h30 → 14h A", time(12, 30), time(14)),
        ("midi : A", time(12), None),
        ("(14:00) A", time(14), None),
        ("- 10:00 A", time(10), None),
    ],
)
def test_time_is_read_in_the_ways_people_write_it(line: str, start: time, end: time | None) -> None:
    (block,) = blocks_of(line)
    assert (block.start, block.end, [said.text for said in block.lines]) == (start, end, ["A"])


@pytest.mark.parametrize(
    "line", ["25:00 A", "9:75 A", "13 pm A", "3.5 million", "9 A", "2026 A", "10h30m", "1st floor"]
)
def test_what_is_no_time_begins_no_item(line: str) -> None:
    assert blocks_of(line) == []


def test_afternoon_goes_on_where_nobody_says_so() -> None:
    assert [block.start for block in blocks_of("11:30 A\n12:30 B\n1:30 C\n2:45 D\n23:00 E\n1:00 F")] == [
        time(11, 30), time(12, 30), time(13, 30), time(14, 45), time(23), time(1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "day"),
    [
        ("Friday 11 December 2026", date(2026, 12, 11)),
        ("vendredi 12 décembre", date(2026, 12, 12)),
        ("le 1er mars 2027", date(2027, 3, 1)),
        ("December 14, 2026", date(2026, 12, 14)),
        ("14/12/2026", date(2026, 12, 14)),
        ("2026-12-15", date(2026, 12, 15)),
        ("Day 2", date(2026, 12, 12)),
        ("Jour 3", date(2026, 12, 13)),
        ("Deuxième journée", date(2026, 12, 12)),
        ("Day 2: Saturday, 12 December", date(2026, 12, 12)),
        ("31 février", DAY),
        ("May the work be with you", DAY),
    ],
)
def test_day_is_read_from_its_heading(heading: str, day: date) -> None:
    assert [item.day for item in read(f"{heading}\n09:00 A\n10:00 B", first_day=DAY)] == [day, day]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("9:00 The collec-\ntive of today", "The collective of today"),
        ("9:00 Work in tiers-\nlieux", "Work in tiers-lieux"),
        ("8:00 A well-known title\n9:00 Well-\nknown", "Well-known"),
        ("9:00 A title\n\nthat goes on below", "A title that goes on below"),
        ("9:00 A soft\u00adhyphen", "A softhyphen"),
        ("9:00\nThe title stands below", "The title stands below"),
        ("9:00 Building power, together", "Building power, together"),
        ("9:00 SESSION 4\nTHE RIGHTS OF WORKERS IN THE EU", "Session 4: The rights of workers in the EU"),
    ],
)
def test_title_is_put_together(text: str, title: str) -> None:
    *_, item = read(text, first_day=DAY)
    assert (item.name, item.speakers, item.parts) == (title, [], [])


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("WELCOME", "welcome"), ("Accueil des participants", "welcome"), ("Mot d’accueil", "introduction"),
        ("Welcome address", "introduction"), ("Ouverture", "introduction"), ("SESSION2", "session"),
        ("Atelier B : Agir", "session"), ("TABLE RONDE", "round_table"), ("Roundtable on work", "round_table"),
        ("PAUSE CAFÉ", "break"), ("Coffee break", "break"), ("Pause déjeuner", "break"), ("DÉJEUNER", "meal"),
        ("Buffet lunch", "meal"), ("Working lunch", "meal"), ("Cocktail", "meal"), ("Débat", "debate"),
        ("Questions-réponses", "debate"), ("Q&A", "debate"), ("Closing session", "recap"), ("Clôture", "recap"),
        ("Recap and next steps", "recap"), ("Why we met", "talk"), ("Keynote: Now", "talk"), ("Breaking news", "talk"),
    ],
)  # fmt: skip
def test_words_say_the_kind(title: str, kind: str) -> None:
    assert one(f"9:00 {title}").kind == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anne Le Goff, chercheuse au CNRS", ("Anne Le Goff", "chercheuse", "CNRS", "")),
        ("Luc Bernard, responsable du syndicat allemand IG Metall", ("Luc Bernard", "responsable", "IG Metall", "DE")),
        ("Jean-Pierre Dupont – CFDT", ("Jean-Pierre Dupont", "", "CFDT", "")),
        ("Mme Marie Martin, maire de Lyon", ("Marie Martin", "maire de Lyon", "", "")),
        ("Jane Doe, Professor of Law", ("Jane Doe", "Professor of Law", "", "")),
        ("Tom van Dijk (FNV, Pays-Bas)", ("Tom van Dijk", "", "FNV", "NL")),
        ("Tom van Dijk (FNV, Netherlands)", ("Tom van Dijk", "", "FNV", "NL")),
        ("J. R. Smith, Chair, A union (UK)", ("J. R. Smith", "Chair", "A union", "GB")),
        ("Olivier Mériaux, ANACT, General overview", ("Olivier Mériaux", "General overview", "ANACT", "")),
        ("Animé par Zoé Blanc (IRES)", ("Zoé Blanc", "Animé", "IRES", "")),
    ],
)
def test_speaker_is_taken_apart(text: str, expected: tuple[str, str, str, str]) -> None:
    assert names_a_person(text)
    (speaker,) = speakers_in(text)
    assert (speaker.name, speaker.role, speaker.organisation, speaker.country) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The US, Italian and Spanish unions of autonomous workers", "Three experiences from abroad", "Coffee Break",
        "Co-working, and business and work co-operatives", "Alternative forms of organization:", "Paris, France",
        "Oxford Internet Institute", "Questions: what next", "", "42, rue de la Paix",
    ],
)  # fmt: skip
def test_title_is_taken_for_nobody(text: str) -> None:
    assert not names_a_person(text, alone=True)


def test_text_without_times_gives_nothing() -> None:
    assert read("Dear all,\n\nwe meet on Friday.\n", first_day=DAY) == []


written = st.lists(
    st.sampled_from(
        ["9:00", "10h30-11h", "SESSION 1", "Ann Smith, Chair of the German union X (Canada)", "Débat", "- ", "\n",
         "\n\n", " ", "Jour 2", "31 février", "12 a.m.", "(", "“", "the", ", ", "Avec A B (C), D E (F) et G H",
         "Salle 3", "A. Title", "\t", "|", "noon", "9999-12-31", "word-\nbreak"]
    ) | st.text(max_size=20),
    max_size=60,
).map("".join)  # fmt: skip


@given(st.text() | written)
@example("12:00 " + "a" * 300)
@example("9:00 \u200b\n10:00 \x00\x0b\x85")
def test_any_text_is_read(text: str) -> None:
    for item in read(text, first_day=DAY):
        assert 0 < len(item.name) <= 200
        assert len(item.speakers) <= 20


@pytest.mark.parametrize(
    "text",
    ["a-\n" * 20_000, "9:00 " + "A B (C), " * 9000, "9:00\n" * 9000, "9:00 " + "(" * 30_000, "Ann Lee,\n" * 9000],
)
def test_text_of_any_sort_is_read_in_a_short_time(text: str) -> None:
    began = stopwatch.process_time()
    read("8:00 Begin\n" + text, first_day=None)
    read(("9:00 x\n" + text * 2)[: 2 * MAX_TEXT], first_day=None)
    assert stopwatch.process_time() - began < 5
