"""The sample event: a seminar on collective action of workers in the digital era, with its whole programme."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time

from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.event_details import EventDetails
from flask_maillage.publications.local_time import instant, wall_clock
from flask_maillage.publications.programmes.lines import parse
from flask_maillage.sample.network import PARIS, Addresses, finished, named

ZONE = "Europe/Paris"
LEAST_NOTICE = timedelta(days=45)
FRIDAY = 4

SOURCE = """\
Whoever works alone, for several clients, at changing places and hours, finds it hard to act together with others; and
an employer can answer by buying the same work elsewhere. Crowd workers, freelancers, the self-employed, and those who
design, perform or write programs look for ways to join forces all the same: to share what they know and what they
risk, and to defend their interests. What they often lack is a frame for bargaining and dialogue that fits the way they
work.

France Stratégie holds this seminar with ASTREES and IRES, who lead the Sharers & Workers network together. French
social partners, people from the digital industry, researchers and public administrations meet those who try new
forms of collective action in France and elsewhere. Together they outline what collective action means in the digital
era, and by which other ways people can be mobilised: new players, new kinds of action, organisations of a profession,
third parties.

A discussion follows each session. A round table at the end names the main issues and the next steps.
"""

QUESTIONS = (
    "Why does collective action of independent workers matter, and what do they need?",
    "How can it be brought about, and which resources are there?",
    "Who are the right players and partners: organisations old and new, activism without institutions, local allies?",
)

PROGRAMME = """\
08:45 welcome | Welcome
09:00 introduction | Introduction
09:05 talk | Building collective groups and action in the digital era | Mark Graham, Oxford Internet Institute (GB)
09:15 session | Session 1: Defending the rights of crowd workers | Kristy Milland, Community Manager, TurkerNation.com \
(CA); Robert Fuss, Leader of the platform FairCrowdWork Watch, IG Metall (DE); Sarah Bormann, Advisor on cloud and \
crowd work, Ver.di (DE) | | Three experiences from abroad
09:30 debate | Debate
10:15 session | Session 2: Creating new unions for self-employed workers | Caitlin Pearce, Director of Member \
Engagement, Freelancers Union (US); Claudio Treves, General Secretary, NIdiL-Cgil (IT); César Garcia Arnal, Vice \
General Secretary, UPTA (ES) | | Unions of autonomous workers in the United States, Italy and Spain
10:30 debate | Debate
11:15 break | Coffee break
11:30 session | Session 3: Alternative forms of organisation, the role of third parties and professional bodies
- A look at the creative professions | Christophe Lemaire, Member of the board, Allianz for Design (FR)
- Co-working, and business and work co-operatives | Delphine Chenuet, Co-founder, Collectif des tiers-lieux (FR); \
Stéphane Veyer, Co-leader, Coopaname (FR)
11:45 debate | Debate
12:10 recap | Recap and next steps
- talk: General overview | Olivier Mériaux, ANACT (FR)
- round_table: Round table on the main issues at stake
13:00 meal | Buffet lunch
"""


def seminar(now: datetime, addresses: Addresses | None = None) -> Content:
    """Return the seminar, on the first Friday in Paris that leaves at least 45 days from `now`.

    Args:
        now: an aware time.
        addresses: the ids of actors by handle.
    """
    day = day_of_seminar(now)
    starts, ends = (instant(datetime.combine(day, clock_time(*time)), ZONE) for time in ((8, 45), (14, 0)))
    return finished(
        "event",
        SOURCE,
        name="Building collective groups and action: what does it mean for workers in the digital era?",
        starts_at=starts,
        ends_at=ends,
        timezone=ZONE,
        place=PARIS,
        status="confirmed",
        organisers=named((("", "France Stratégie"), ("astrees", "ASTREES"), ("ires", "IRES")), addresses),
        details=EventDetails(
            capacity=120,
            category="MOVEMENTS_POLITICS",
            questions=QUESTIONS,
            programme=parse(PROGRAMME, zone=ZONE, starts_at=starts, ends_at=ends),
        ),
    )


def day_of_seminar(now: datetime) -> date:
    """Return the day of the seminar."""
    earliest = wall_clock(now + LEAST_NOTICE, ZONE).date()
    return earliest + timedelta(days=(FRIDAY - earliest.weekday()) % 7)
