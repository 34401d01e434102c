"""The sample call: coaching for ten initiatives that organise and represent the workers of digital platforms."""

from datetime import date, datetime, timedelta

from flask_maillage.publications.content import Content
from flask_maillage.publications.kinds.call_details import CallDetails, Cohort, Question, Seat
from flask_maillage.publications.local_time import end_of_day
from flask_maillage.publications.topics import COOPERATION, NAMESPACE, OTHER, RIGHTS, VOICE
from flask_maillage.sample.network import Addresses, finished, named

ZONE = "Europe/Brussels"
LEAST_TIME_TO_APPLY = timedelta(days=30)

SOURCE = """\
Work that is found through an app is often work without colleagues, without a works council and without anybody to
negotiate with. All over Europe people try to change that. This call looks for such initiatives while they are young
and offers them coaching: with others in the same situation first, then one by one.

It belongs to a project that began in March 2019, on the representation of workers and social dialogue in the economy of
platforms and apps. The European Trade Union Confederation and the Sharers & Workers network, which IRES and ASTREES
lead, carry it together: it finds initiatives that organise platform workers and speak for them, and supports them.

The workers concerned provide a service through a digital platform, be it **on-line work** that can be done from
anywhere or **work on demand** at a given place, such as delivery or transport. Every sector counts: transport,
delivery, household services, micro-tasks, creative work and others. It makes no difference in which country the
platform has its seat.

## What an initiative may do

The list below is open: what it does not name is welcome too.

- It strengthens the voice of workers: strategies of unions for platform workers, in one country or across borders;
  digital tools, applications or websites with which they organise; any other experience in the field.
- It extends rights and protection, by negotiating agreements or by building structures that represent workers.
- It begins or develops new forms of cooperation, such as coalitions with local or regional authorities and consumers.

## The coaching

Two group sessions are held, with five initiatives each.

Each group session lasts a day and a half and brings together the leaders of five initiatives, the coordinators of the
project, and experts and stakeholders who have themselves built representation, collective action or organising on
platforms and take part in the European Observatory on Digital Platforms. Further expertise can be called in,
depending on who is selected. The participants

- present their initiatives and learn from each other;
- weigh together the strengths, weaknesses and opportunities of each;
- draw up an action plan for each: what stands in the way, what helps, what is needed;
- get to know more about organising workers, opening a dialogue with platforms, works councils and bargaining;
- find out what further support they need.

Afterwards each initiative is accompanied on its own while it carries out what was planned: it is put in touch with the
right people or sources of money, gets answers to technical questions, and stays in contact with the other leaders.
"""


def call(now: datetime, addresses: Addresses | None = None) -> Content:
    """Return the call, open at `now` and for at least thirty days more.

    Args:
        now: an aware time.
        addresses: the ids of actors by handle.
    """
    return finished(
        "call",
        SOURCE,
        name="Call for expressions of interest: coaching for initiatives that protect platform workers",
        starts_at=now,
        ends_at=deadline(now),
        timezone=ZONE,
        organisers=named((("etuc", "ETUC"), ("ires", "IRES"), ("astrees", "ASTREES")), addresses),
        status="open",
        details=_details(deadline(now).date()),
    )


def deadline(now: datetime) -> datetime:
    """Return the end of the first 13 January, in Brussels, that leaves at least thirty days from `now`."""
    ends = (end_of_day(date(year, 1, 13), ZONE) for year in range(now.year, now.year + 3))
    return next(end for end in ends if end - now >= LEAST_TIME_TO_APPLY)


def _details(eligible_on: date) -> CallDetails:
    return CallDetails(
        maximum_selected=10,
        cohorts=(Cohort(name="Coaching session 1", capacity=5), Cohort(name="Coaching session 2", capacity=5)),
        note_characters=3000,
        note_pages=1,
        territories=("EU", "EU-candidate"),
        eligible_on=eligible_on,
        any_sector=True,
        any_origin=True,
        eligibility="Every relevant initiative from there is welcome.",
        topics=(
            VOICE,
            *(NAMESPACE + term for term in ("union-strategies", "digital-tools", "other-organising")),
            RIGHTS,
            *(NAMESPACE + term for term in ("agreements", "representation-structures")),
            COOPERATION,
            NAMESPACE + "stakeholder-coalitions",
            OTHER,
        ),
        objectives=(
            "Find new collective initiatives that organise and defend workers of digital platforms",
            "Give them the support that they need to grow",
        ),
        support=(
            "A European group coaching session of one and a half days, with four other initiatives",
            "Individual follow-up after the session",
        ),
        procedure=(
            "Write to the whole steering committee at once, at the latest on the last day: say that you wish to be "
            "supported, and send a note of at most one page.",
            "The steering committee reads all answers and selects the ten initiatives most likely to benefit.",
            "It gets in touch with the leaders of those selected soon afterwards and plans the support with them.",
        ),
        committee=(
            Seat(role="Coordination of the network", organisation="IRES"),
            Seat(role="First seat of the confederation", organisation="ETUC"),
            Seat(role="Second seat of the confederation", organisation="ETUC"),
            Seat(role="Coordination of the network", organisation="ASTREES"),
        ),
        questions=(
            Question(key="objectives", label="What the initiative wants to reach", required=True),
            Question(key="people", label="Who is involved", required=True),
            Question(
                key="support",
                label="Do you wish to be supported?",
                required=True,
                answer="choice",
                choices=("By a group session and individual follow-up", "By individual follow-up first"),
            ),
            Question(
                key="note",
                label="The note",
                answer="file",
                help="Objectives and people involved, on one page; instead of the answers above.",
                media_types=("application/pdf", "application/vnd.oasis.opendocument.text"),
                maximum_bytes=2 * 1024 * 1024,
                pages=1,
            ),
        ),
        contacts=("All members of the steering committee at once, through the sites of ETUC, IRES and ASTREES",),
    )
