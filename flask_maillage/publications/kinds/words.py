"""What we write into documents in the language of the publication: peers' readers have no interface of ours."""

from datetime import date, datetime

from babel.dates import format_date

from flask_maillage.publications.local_time import wall_clock

_FRENCH = {
    "[CANCELLED] ": "[ANNULÉ] ",
    "Cancelled.": "Annulé.",
    "Cancelled. It was to be on {date}.": "Annulé. C'était prévu le {date}.",
    "[POSTPONED] ": "[REPORTÉ] ",
    "Postponed, to a day that is not known yet. It was to be on {date}.": (
        "Reporté à une date qui n'est pas encore connue. C'était prévu le {date}."
    ),
    "New date.": "Nouvelle date.",
    "New date: it was to be on {date}.": "Nouvelle date : c'était prévu le {date}.",
    "It takes place online only.": "Uniquement en ligne.",
    "{first} to {last}": "du {first} au {last}",
    "To be confirmed.": "À confirmer.",
    "Apply by {date}, {time} ({zone}).": "Répondre au plus tard le {date} à {time} ({zone}).",
    "Up to {count} selected.": "Jusqu'à {count} retenus.",
    "One selected.": "Un retenu.",
    "{count} places": "{count} places",
    "one place": "une place",
    "no place left of {capacity}": "plus aucune place sur {capacity}",
    "This event is full.": "Il n'y a plus de place.",
    "No place is left: you are number {number} on the waiting list.": (
        "Complet : vous êtes numéro {number} sur la liste d'attente."
    ),
    "This event is over.": "C'est terminé.",
    "This event was cancelled.": "C'est annulé.",
    "This event was withdrawn.": "Cette annonce a été retirée.",
    "Registration is not open for this event.": "Les inscriptions ne sont pas ouvertes.",
    "This call opens on {date}, {time} ({zone}).": "Cet appel ouvre le {date} à {time} ({zone}).",
    "This call was cancelled.": "Cet appel a été annulé.",
    "It is too late: one could apply until {date}, {time} ({zone}).": (
        "Il est trop tard : on pouvait répondre jusqu'au {date} à {time} ({zone})."
    ),
    "This call is not open.": "Cet appel n'est pas ouvert.",
    "Applications cannot be sent from another server yet. How to apply is on this page:": (
        "On ne peut pas encore répondre depuis un autre serveur. Cette page dit comment répondre :"
    ),
    "Your registration was not accepted.": "Votre inscription n'a pas été acceptée.",
    "free registration": "inscription libre",
    "registration on approval": "inscription sur validation",
    "registration elsewhere": "inscription ailleurs",
    "on {count} days": "sur {count} jours",
    "It is at another time: {when}": "À un autre moment : {when}",
    "Moved to {date}": "Déplacé au {date}",
    "every day": "chaque jour",
    "every {count} days": "tous les {count} jours",
    "every week on {days}": "chaque semaine le {days}",
    "every {count} weeks on {days}": "toutes les {count} semaines le {days}",
    "every month on {days}": "chaque mois {days}",
    "every {count} months on {days}": "tous les {count} mois {days}",
    "every year on {days}": "chaque année le {days}",
    "every {count} years on {days}": "tous les {count} ans le {days}",
    "the first {day}": "le premier {day}",
    "the second {day}": "le deuxième {day}",
    "the third {day}": "le troisième {day}",
    "the fourth {day}": "le quatrième {day}",
    "the fifth {day}": "le cinquième {day}",
    "the last {day}": "le dernier {day}",
    "the last day": "le dernier jour",
    "day {number}": "le {number}",
    "{often}, until {date}": "{often}, jusqu'au {date}",
    "{often}, {count} times": "{often}, {count} fois",
    "Dates": "Dates",
    "online": "en ligne",
    "Online": "En ligne",
    "Call": "Appel",
    "Event": "Événement",
    "Initiative": "Initiative",
    "News": "Nouvelle",
    "Objectives": "Objectifs",
    "What we look for": "Ce que nous cherchons",
    "What is offered": "Ce qui est proposé",
    "Who can apply": "Qui peut répondre",
    "How many": "Combien",
    "How to apply": "Comment répondre",
    "Procedure": "Déroulement",
    "What to write": "Ce qu'il faut écrire",
    "At most {count} characters.": "{count} caractères au plus.",
    "At most {count} page(s).": "{count} page(s) au plus.",
    "required": "obligatoire",
    "one of: {choices}": "un choix parmi : {choices}",
    "several of: {choices}": "plusieurs choix parmi : {choices}",
    "a file": "un fichier",
    "at most {count} page(s)": "{count} page(s) au plus",
    "at most {count} characters": "{count} caractères au plus",
    "Extended on {on}, from {before} to {after}.": "Prolongé le {on}, du {before} au {after}.",
    "{name}: {count} places": "{name} : {count} places",
    "Steering committee": "Comité de pilotage",
    "Contacts": "Contacts",
    "Organised by": "Organisé par",
    "Carried by": "Porté par",
    "Questions": "Questions",
    "Programme": "Programme",
    "Main room": "Salle principale",
    "Minutes": "Compte rendu",
    "Outcomes": "Résultats",
    "As on {date} ({countries}).": "Selon la situation du {date} ({countries}).",
    "Every sector of activity is welcome.": "Tous les secteurs d'activité sont bienvenus.",
    "It makes no difference in which country a platform has its seat.": (
        "Peu importe le pays où une plateforme a son siège."
    ),
    "European Union": "Union européenne",
    "Candidate countries of the European Union": "Pays candidats à l'Union européenne",
    "Stage": "Étape",
    "Needs": "Cherche",
    "Offers": "Propose",
    "Topics": "Thèmes",
    "Sectors": "Secteurs",
    "Workers concerned": "Travailleurs concernés",
    "Acts in": "Agit à",
    "Coalition": "Coalition",
    "Online work that can be done from anywhere": "Travail en ligne, faisable de partout",
    "Work on demand at a place: rides, delivery, repairs, care": (
        "Travail à la demande dans un lieu : courses, livraison, dépannage, soin"
    ),
    "Self-employed people": "Indépendants",
    "Temporary and agency work": "Travail temporaire et intérim",
    "Employees": "Salariés",
    "Website": "Site",
    "Idea": "Idée",
    "Emerging": "En construction",
    "Running": "En marche",
    "Growing": "En développement",
    "Finished": "Terminée",
    "looks for: {needs}": "cherche : {needs}",
    "Read the rest": "Lire la suite",
    "Giving workers a stronger voice": "Renforcer la voix des travailleurs",
    "Trade union strategies": "Stratégies syndicales",
    "Digital tools for organising": "Outils numériques pour s'organiser",
    "Other ways of organising": "Autres façons de s'organiser",
    "Extending rights and protection": "Étendre les droits et les protections",
    "Negotiated agreements": "Accords négociés",
    "Structures of representation": "Instances de représentation",
    "New forms of cooperation": "Nouvelles formes de coopération",
    "Coalitions of different stakeholders": "Coalitions de différentes parties prenantes",
    "Something else": "Autre chose",
}


def is_french(language: str | None) -> bool:
    """Tell whether a text in `language` gets French words of ours; every other one gets English ones."""
    return (language or "").partition("-")[0] == "fr"


def words(language: str | None, phrase: str, **values: object) -> str:
    """Return a phrase of ours in `language`, its `{named}` values filled in."""
    text = _FRENCH.get(phrase, phrase) if is_french(language) else phrase
    return text.format(**values) if values else text


def day_in_words(language: str | None, moment: datetime, zone: str | None) -> str:
    """Return the day of `moment` in `zone`, as `Friday 11 December 2026`."""
    local = wall_clock(moment, zone)
    return date_in_words(language, local.date())


def date_in_words(language: str | None, day: date, *, pattern: str = "EEEE d MMMM y") -> str:
    """Return a day of the calendar, as `Friday 11 December 2026`."""
    return format_date(day, format=pattern, locale="fr" if is_french(language) else "en_GB")


def clock(moment: datetime, zone: str | None) -> str:
    """Return the time of `moment` in `zone`, as `23:59`."""
    return f"{wall_clock(moment, zone):%H:%M}"
