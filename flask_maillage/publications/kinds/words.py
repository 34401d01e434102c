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
    "How it is decided": "Comment on décide",
    "{name}: 0 to {maximum}": "{name} : de 0 à {maximum}",
    "{name}: 0 to {maximum}, counts {weight} times": "{name} : de 0 à {maximum}, compte {weight} fois",
    "{count} opinions of the committee are needed.": "Il faut {count} avis du comité.",
    "One opinion is needed.": "Il faut un avis.",
    "Who is selected confirms within {count} day(s).": "Qui est retenu confirme sous {count} jour(s).",
    "Each applicant may send one application only.": "Une seule candidature par candidat.",
    "Applications that are not selected are deleted {count} month(s) after the decision.": (
        "Les candidatures qui ne sont pas retenues sont effacées {count} mois après la décision."
    ),
    "Your application will be erased on {date}.": "Votre candidature sera effacée le {date}.",
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
    "Not confirmed in time.": "Non confirmé à temps.",
    "A place became free.": "Une place s'est libérée.",
    "You are invited as the leader of your initiative.": "Vous êtes invité en tant que porteur de votre initiative.",
    "You are invited as a coordinator.": "Vous êtes invité pour la coordination.",
    "You are invited as an expert.": "Votre expertise est demandée : vous êtes invité.",
    "You are invited as a facilitator.": "Vous êtes invité pour animer.",
    "Welcome": "Accueil",
    "Next steps": "Suites",
    "The initiatives of {cohort} meet.": "Les initiatives du groupe {cohort} se retrouvent.",
    "This call is not open.": "Cet appel n'est pas ouvert.",
    "This could not be read as an application. How one applies is said on this page:": (
        "Ceci n'a pas pu être lu comme une candidature. Cette page dit comment répondre :"
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
    "This could not be read: something in it is missing, or is not of the kind that belongs there.": (
        "Ce message n'a pas pu être lu : il y manque quelque chose, ou quelque chose n'y est pas du bon type."
    ),
    "This is not signed by whoever it is from.": (
        "Ce message n'est pas signé par la personne ou l'organisation dont il vient."
    ),
    "An application goes to the committee alone, and this one was addressed to everybody.": (
        "Une candidature va au seul comité, et celle-ci était adressée à tout le monde."
    ),
    "This call is not open yet.": "Cet appel n'est pas encore ouvert.",
    "It is too late: this call is closed.": "Il est trop tard : cet appel est clos.",
    "The committee is another one now: look at the call again, and send the application anew.": (
        "Le comité a changé depuis : relisez l'appel et renvoyez la candidature."
    ),
    "Your application was not sent to every member of the committee.": (
        "Votre candidature n'a pas été envoyée à tous les membres du comité."
    ),
    "Your application was also sent to somebody who is not in the committee.": (
        "Votre candidature a aussi été envoyée à quelqu'un qui n'est pas dans le comité."
    ),
    "One cannot apply to this call from this territory.": "On ne peut pas répondre à cet appel depuis ce territoire.",
    "There is an answer to something that was not asked.": "Une réponse ne correspond à aucune question posée.",
    "An answer that is required is missing.": "Il manque une réponse obligatoire.",
    "An answer is not of the kind that was asked for.": "Une réponse n'est pas du type demandé.",
    "This is too long.": "C'est trop long.",
    "This is too long: {count} characters, where at most {limit} are possible.": (
        "C'est trop long : {count} caractères, pour {limit} au plus."
    ),
    "A file is not of a kind that is accepted here.": "Un fichier n'est pas d'un type accepté ici.",
    "A file is too large.": "Un fichier est trop volumineux.",
    "A PDF has too many pages.": "Un PDF a trop de pages.",
    "A file could not be fetched.": "Un fichier n'a pas pu être récupéré.",
    "A file is not the one that the application named.": "Un fichier n'est pas celui que la candidature annonçait.",
    "A PDF is encrypted or broken.": "Un PDF est chiffré ou endommagé.",
    "The initiative does not name you as who carries it.": (
        "L'initiative ne vous nomme pas parmi celles et ceux qui la portent."
    ),
    "There is an application for this initiative already.": "Il y a déjà une candidature pour cette initiative.",
    "You have applied already, and to this call one can apply once.": (
        "Vous avez déjà répondu, et on ne peut répondre qu'une fois à cet appel."
    ),
    "This is registered already: correct what is there.": "C'est déjà enregistré : corrigez ce qui s'y trouve.",
    "There is no such application here.": "Il n'y a pas de telle candidature ici.",
    "This application was withdrawn.": "Cette candidature a été retirée.",
    "This is closed: nothing can be changed in it any more.": "C'est clos : plus rien ne peut y être changé.",
    "Only members of the committee can do this.": "Seuls les membres du comité peuvent le faire.",
    "Nobody gives an opinion on an application of their own.": "Personne ne donne d'avis sur sa propre candidature.",
    "You have a conflict of interest with this application.": "Vous êtes en conflit d'intérêts avec cette candidature.",
    "It is too early for this: it begins after the deadline.": "Il est trop tôt : cela commence après la date limite.",
    "It is too late for this: it is decided already.": "Il est trop tard : c'est déjà décidé.",
    "There is a score for something that is no criterion of this call.": (
        "Une note porte sur quelque chose qui n'est pas un critère de cet appel."
    ),
    "It is too late to answer: the time to confirm the place is over.": (
        "Il est trop tard pour répondre : le délai pour confirmer la place est passé."
    ),
    "A later decision holds.": "Une décision plus récente s'applique.",
    "You cannot do this.": "Vous ne pouvez pas faire cela.",
    "This server does not deal with yours.": "Ce serveur n'a pas d'échanges avec le vôtre.",
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
