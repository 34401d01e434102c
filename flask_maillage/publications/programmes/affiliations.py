"""Who speaks, as printed programmes say it: a name, then role, organisation and country in any of their orders.

    Caitlin Pearce, Director of Member Engagement, Freelancers Union (États-Unis)
    Robert Fuss, Leader of the platform FairCrowdWork Watch of the German union IG Metall
    Olivier Mériaux, ANACT, General overview
    Modération : Claire Petit (CGT) et Jean Dubois (CFDT)

Guesses of ours, for a person to correct: nothing that was written is left out of the speaker it became.
"""

import re
from typing import NamedTuple

from flask_maillage.publications.programmes.nations import country_of, country_of_adjective
from flask_maillage.publications.programmes.programme import Speaker

_PARTICLE = re.compile(
    "al|ap|ben|bin|d['’]|das?|de|del|della|der|des|di|dos?|du|el|la|les?|ould|st|ter|van|von|vom|y|zu", re.I
)
_NO_NAME = re.compile(
    "a|about|accueil|after|afternoon|all|alternative|an|and|apéritif|après|atelier|au|aux|avec|before|breakfast|"
    "break|buffet|building|by|café|ces|closing|cocktail|coffee|collective|conclusion|conclusions|conférence|"
    "creating|d|debate|débat|défendre|defending|déjeuner|des|digital|dîner|dinner|discussion|du|eight|échanges|"
    "five|for|four|from|future|general|how|in|introduction|introductory|is|it|key|keynote|l|la|le|les|lunch|matin|"
    "matinée|morning|my|new|next|nine|note|notes|nos|notre|nouveaux|nouvelles|of|on|one|open|opening|or|our|"
    "ouverture|panel|pause|part|plenary|plénière|pour|pourquoi|présentation|presentation|programme|program|qu|"
    "quand|que|quel|quelle|quelles|quels|questions|qui|réception|reception|registration|results|round|ronde|salle|"
    "séance|second|session|seven|six|social|some|steps|synthèse|table|tea|ten|the|their|third|these|this|three|"
    "through|to|towards|toward|track|two|un|une|vers|visite|welcome|what|when|where|who|why|with|work|workers|"
    "working|workshop|world|travail|travailleurs|your",
    re.IGNORECASE,
)
"""Words with which titles are made and names are not."""
_ORGANISATION_WORDS = re.compile(
    r"\b(academy|académie|agence|agency|alliance|allianz|association|assemblée|authority|bank|banque|bureau|cabinet|"
    r"center|centre|chambre|chamber|city|club|cnrs|coalition|collectif|collective|college|collège|comité|commission|"
    r"committee|company|confédération|confederation|conseil|coop\w*|council|department|département|direction|école|"
    r"europe|faculty|fédération|federation|fondation|forum|foundation|gmbh|group|groupe|inc|inserm|institut\w*|"
    r"international|lab|laboratoire|laboratory|ltd|mairie|métropole|ministère|ministry|mouvement|movement|network|"
    r"observatoire|observatory|office|organisation|organization|parliament|parlement|partners|plateforme|platform|"
    r"press|project|projet|région|réseau|sarl|school|scic|scop|sindica\w*|sindacato|stiftung|service|services|société|society|syndicat|trust|"
    r"unión|union|unions|united|universit\w*|ville|watch)\b",
    re.IGNORECASE,
)
_ROLE_WORDS = re.compile(
    r"\b(adjoint\w*|administrat\w*|advis[eo]r|advocate|ambassad\w*|analyst\w*|animat\w*|assistant\w*|attaché\w*|author|"
    r"auteur\w*|autrice|avocat\w*|board|chair\w*|chargé\w*|chef\w*|chercheu\w*|co-?fondat\w*|co-?founder|co-?leader|"
    r"co-?ordinat\w*|commissioner|conseill\w*|consultant\w*|coordonn\w*|dean|délégué\w*|delegate|deputy|"
    r"député\w*|designer|développeu\w*|developer|direct\w*|doctorant\w*|économiste|economist|editor|élue?|"
    r"engineer|enseignant\w*|expert\w*|fellow|fondat\w*|founder|founding|gérant\w*|head|ingénieu\w*|journalist\w*|juriste|"
    r"lawyer|leader|lecturer|maire|manager|mayor|member|membre|ministre|minister|moderat\w*|modérat\w*|officer|"
    r"organis\w+eu\w*|organi[sz]er|overview|permanent\w*|porte-parole|préfet\w*|président\w*|president|prof\w*|"
    r"rapporteu\w*|representative|représentant\w*|researcher|responsable|reporter|scientist|secrétaire|"
    r"secretary|sénat\w*|senator|sociolog\w*|spokes\w*|student|trésori\w*|treasurer|vice-?\w*)\b",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"\b(prof\w*|lecturer|maire|mayor|préfet\w*|adjointe?|minist\w+|député\w*|sénat\w*|senator|student|ambassad\w*|doctorant\w*|"
    r"chef\w*|chargé\w*|head|director|directeur|directrice|responsable)$",
    re.IGNORECASE,
)
"""Roles after which "of" says more of the role than of an organisation, where nothing else is said."""
_LEAD_IN = re.compile(
    r"^(?P<role>chair(?:ed)?|chairperson|moderat(?:or|ion|ed)|modérat(?:eur|rice|ion)|modéré[es]*|discussants?|"
    r"animat(?:eur|rice|ion)|animée?s?|présidence|présidée?|facilitat(?:or|ion|ed)|rapporteurs?|rapporteuse|host(?:ed)?|"
    r"speakers?|intervenante?s?|intervention|orat(?:eurs?|rices?)|panellists?|panelists?|participants?|avec|with|by|par|"
    r"keynote speaker|présentée?|presented|respondents?|grand témoin|témoins?)"
    r"(?:\(?e?s?\)?)?(?:\s+(?:by|par|de))?\s*(?P<mark>:|–|-)?\s+(?=\S)",
    re.IGNORECASE,
)
_NO_ROLE = re.compile(
    r"speakers?|intervena\w+|intervention|orat\w+|panell?ists?|participants?|avec|with|by|par|présent\w+|presented",
    re.IGNORECASE,
)
_CAPITAL = r"[^\W\d_a-zß-ÿ]"
_CIVIL = re.compile(rf"^(?:(?:Mmes?|Mlle|MM?|Mr|Mrs|Ms|Me)\.?\s+)+(?={_CAPITAL})")
_LEARNED = re.compile(rf"^(?:(?:Dr|Prof|Pr|Sir|Dame|Professor|Professeure?)\.?\s+)+(?={_CAPITAL})")
_TOKEN = re.compile(r"^[^\W\d_][\w.'’\-]*$")
_AND = re.compile(r"\s*,\s*(?:(?:et|and)\s)?|\s(?:et|and|&)\s")
_NAME_END = re.compile(r",|\(|\s[–—-]\s|\s[|/]\s|;|:")
_IN_BRACKETS = re.compile(r"\s*\(([^()]{1,200})\)\s*$")
_THE_NATIONAL = re.compile(r"(?:^|\s)(?:of|for|at|from|with|in) the (?P<adjective>\w+)\s(?=\S)", re.IGNORECASE)
_NATIONAL_NOUN = re.compile(
    r"\s(?:du|de la|de l['’]|des|pour le|pour la|au|à la|à l['’])\s?\w+(?: \w+)?? (?P<adjective>\w+)\s(?=\S)"
)
_GENERIC = re.compile(
    r"^(?:trade union|union|federation|confederation|platform|association|co-?operative|network|company|party|"
    r"syndicat|fédération|confédération|plateforme|coopérative|réseau|organisation|organization)\s+"
    r"(?=[\"“«]?[^\W_a-zß-ÿ])"
)
_OF_A_BODY = re.compile(
    r"\s(?:of the|of|for the|du|de la|de l['’]|des)\s?(?=(?:trade union|union|federation|association|co-?operative|"
    r"network|syndicat|fédération|confédération|coopérative|réseau|collectif|comité|conseil|institut|laboratoire)\b)"
)
_AT = re.compile(r"\s(?:at|from|for|chez|auprès de|à l['’]|à la|aux?|au sein d[eu'’]s?)\s?(?=\S)")
_OF = re.compile(
    r"\s(?:of|de la|de l['’]|du|des|de|d['’])\s?(?P<article>(?:the|la|le|les|l['’])\s?)?(?=[\"“«]|[^\W\d_a-zß-ÿ])"
)


class Named(NamedTuple):
    """A line in which somebody is named, `role` being what a word before the name made them."""

    text: str
    role: str


def without_lead_in(text: str) -> Named:
    """Take "Chair:", "Avec" or "Speakers:" off a line, and say what role that is, if it is one."""
    found = _LEAD_IN.match(text)
    if found is None:
        return Named(text, "")
    word = found["role"]
    return Named(text[found.end() :], "" if _NO_ROLE.fullmatch(word) else word[0].upper() + word[1:])


def names_a_person(text: str, *, alone: bool = False) -> bool:
    """Tell whether a line begins with the name of a person, followed by something about them.

    Args:
        text: one line.
        alone: whether a name with nothing after it counts too.
    """
    lead, text = _LEAD_IN.match(text), without_lead_in(text).text
    text = _without_titles(text)
    if lead is not None and (found := _NAME_END.split(text)[0]):
        return all(is_name(_without_titles(name)) for name in _AND.split(found))
    end = _NAME_END.search(text)
    if end is None:
        return alone and is_name(text)
    return text[end.start()] != ":" and is_name(text[: end.start()])


def is_name(text: str) -> bool:
    """Tell whether a text looks like a person's name: two to five words that begin with capitals."""
    words = text.replace("\u00a0", " ").split()
    if not 2 <= len(words) <= 6 or not all(_TOKEN.match(word) for word in words):
        return False
    real = [word for word in words if not _PARTICLE.fullmatch(word)]
    if len(real) < 2 or any(_NO_NAME.fullmatch(word) for word in [words[0], *real]):
        return False
    if _ORGANISATION_WORDS.search(text):
        return False
    return all(word[0].isupper() for word in real) and not all(word.isupper() and len(word) > 1 for word in real)


def is_organisation(text: str) -> bool:
    """Tell whether a text looks like the name of an organisation."""
    return bool(_ORGANISATION_WORDS.search(text)) or _is_acronym(text)


def speakers_in(text: str) -> list[Speaker]:
    """Return who is named in a line, one or several of them."""
    text, role = without_lead_in(text)
    found = [speaker_of(part) for part in _several(text)]
    return [
        speaker.model_copy(update={"role": f"{role}, {speaker.role}" if speaker.role else role}) if role else speaker
        for speaker in found
        if speaker is not None
    ]


def _several(text: str) -> list[str]:
    """Split "A B (X), C D (Y) et E F (Z)", "A B, X ; C D, Y" and "A B and C D"."""
    found: list[str] = []
    for part in re.split(r"\s*[;•·]\s*", text):
        pieces = re.split(rf"(?<=\))\s*(?:,\s*(?:et|and)\s|,|et\s|and\s|&)\s*(?={_CAPITAL})", part)
        names = _AND.split(part)
        if len(pieces) > 1:
            found.extend(one for piece in pieces for one in _at_names_with_brackets(piece))
        elif len(names) != part.count(",") + 1 and all(is_name(_without_titles(name)) for name in names):
            found.extend(names)
        else:
            found.append(part)
    return [one for one in found if one.strip()]


def _at_names_with_brackets(text: str) -> list[str]:
    """Split "A B, director of X, C D (Y)" before the name that brackets follow."""
    before, bracket, within = text.rpartition("(")
    head, _, name = before.rpartition(", ")
    return [head, f"{name}({within}"] if bracket and "," in head and is_name(name) else [text]


def speaker_of(text: str) -> Speaker | None:
    """Return the one person whom a text describes, or None where it names nobody."""
    text = _CIVIL.sub("", text.strip(" \t,;–—-")).strip()
    if not text:
        return None
    end = _NAME_END.search(text)
    name, rest = (text, "") if end is None else (text[: end.start()].strip(), text[end.start() :])
    if not name:
        return None
    rest = rest.lstrip(" ,;:|/–—-") if not rest.startswith("(") else rest
    role, organisation, country = _affiliation(rest.strip())
    return Speaker(name=name, role=role, organisation=organisation, country=country)


def _without_titles(text: str) -> str:
    return _LEARNED.sub("", _CIVIL.sub("", text.strip()))


def _affiliation(text: str) -> tuple[str, str, str]:
    """Return role, organisation and country."""
    text, country = _without_country(text)
    if (whole := re.fullmatch(r"\(([^()]*)\)", text)) is not None:
        text = whole[1]
    parts = _parts(text)
    if len(parts) > 1 and (named := country_of(parts[-1])):
        parts, country = parts[:-1], country or named
    if not parts:
        return "", "", country
    if len(parts) == 1:
        role, organisation, national = _role_and_organisation(parts[0])
    elif _is_acronym(parts[-2]) and not is_organisation(parts[-1]):
        role, organisation, national = ", ".join([*parts[:-2], parts[-1]]), parts[-2], ""
    else:
        role, organisation, national = _last_is_organisation(parts)
    return role, _unquoted(organisation), country or national


def _last_is_organisation(parts: list[str]) -> tuple[str, str, str]:
    before, last = ", ".join(parts[:-1]), parts[-1]
    role, first, national = _of_the_national(before)
    if first:
        return role, f"{first}, {last}", national
    if _looks_like_role(last) and not _looks_like_role(before) and not is_organisation(last):
        return last, before, ""
    return before, last, _first_adjective(last)


def _without_country(text: str) -> tuple[str, str]:
    """Take "(Canada)" off the end, and the country out of "(CGT, France)"."""
    found = _IN_BRACKETS.search(text)
    if found is None:
        return text, ""
    if country := country_of(found[1]):
        return text[: found.start()].strip(), country
    within = _parts(found[1])
    if len(within) > 1 and (country := country_of(within[-1])):
        return f"{text[: found.start()]} ({', '.join(within[:-1])})".strip(), country
    return text, ""


def _role_and_organisation(text: str) -> tuple[str, str, str]:
    """Split what is said in one go: "co-leader of Coopaname", "Advisor for the German union Ver.di", "CGT"."""
    role, organisation, national = _of_the_national(text)
    if organisation:
        return role, organisation, national
    if is_organisation(text) and not _looks_like_role(text):
        return "", text, _first_adjective(text)
    if (body := _OF_A_BODY.search(text)) is not None:
        return text[: body.start()].strip(), text[body.end() :].strip(), _first_adjective(text[body.end() :])
    for pattern in (_AT, _OF):
        *_, last = [None, *pattern.finditer(text)]
        if last is not None and not (pattern is _OF and _OF_ITSELF.search(text[: last.start()])):
            return text[: last.start()].strip(), text[last.end() :].strip(), _first_adjective(text[last.end() :])
    if _looks_like_role(text):
        return text, "", ""
    return "", text, _first_adjective(text)


def _of_the_national(text: str) -> tuple[str, str, str]:
    for pattern in (_THE_NATIONAL, _NATIONAL_NOUN):
        for found in pattern.finditer(text):
            if country := country_of_adjective(found["adjective"]):
                return text[: found.start()].strip(" ,"), _GENERIC.sub("", text[found.end() :]), country
    return "", "", ""


def _first_adjective(text: str) -> str:
    """Where an organisation is whose name begins so: "French Allianz for Design"."""
    return country_of_adjective(text.split()[0]) if text.split() else ""


def _looks_like_role(text: str) -> bool:
    return text[:1].islower() or bool(_ROLE_WORDS.search(text))


def _is_acronym(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return (
        2 <= len(letters) <= 12 and " " not in text and sum(letter.isupper() for letter in letters) * 2 > len(letters)
    )


def _parts(text: str) -> list[str]:
    """Split at commas that stand outside brackets and quotation marks, and at dashes between spaces."""
    parts, depth = [""], 0
    for character in re.sub(r"\s[–—|/]\s", ", ", text):
        depth = max(0, depth + (character in "(“«[") - (character in ")”»]"))
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _unquoted(text: str) -> str:
    return re.sub(r"^[“\"«]\s?([^“”\"«»]+?)\s?[”\"»]", r"\1", text)
