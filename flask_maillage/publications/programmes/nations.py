"""Which country a text names: by its name or code in the languages that Babel knows, or by "the German union"."""

from flask_maillage.territory.places import country_code

_SHORT = {
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "états unis": "US",
    "etats-unis": "US",
    "etats unis": "US",
    "uk": "GB",
    "u.k.": "GB",
    "great britain": "GB",
    "grande-bretagne": "GB",
    "england": "GB",
    "angleterre": "GB",
    "scotland": "GB",
    "écosse": "GB",
    "wales": "GB",
    "pays de galles": "GB",
    "holland": "NL",
    "hollande": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "république tchèque": "CZ",
    "turkey": "TR",
    "turquie": "TR",
    "corée": "KR",
    "korea": "KR",
    "québec": "CA",
    "quebec": "CA",
}
"""Names that people use and Babel does not list."""

_ADJECTIVES = {
    "AR": "argentinian argentine argentin",
    "AT": "austrian autrichien autrichienne",
    "AU": "australian australien australienne",
    "BE": "belgian belge",
    "BG": "bulgarian bulgare",
    "BR": "brazilian brésilien brésilienne",
    "CA": "canadian canadien canadienne québécois québécoise",
    "CH": "swiss suisse",
    "CL": "chilean chilien chilienne",
    "CN": "chinese chinois chinoise",
    "CY": "cypriot chypriote",
    "CZ": "czech tchèque",
    "DE": "german allemand allemande",
    "DK": "danish danois danoise",
    "DZ": "algerian algérien algérienne",
    "EE": "estonian estonien estonienne",
    "ES": "spanish espagnol espagnole",
    "FI": "finnish finlandais finlandaise",
    "FR": "french français française",
    "GB": "british english scottish welsh britannique anglais anglaise écossais écossaise gallois galloise",
    "GR": "greek grec grecque",
    "HR": "croatian croate",
    "HU": "hungarian hongrois hongroise",
    "IE": "irish irlandais irlandaise",
    "IN": "indian indien indienne",
    "IS": "icelandic islandais islandaise",
    "IT": "italian italien italienne",
    "JP": "japanese japonais japonaise",
    "KR": "korean coréen coréenne",
    "LT": "lithuanian lituanien lituanienne",
    "LU": "luxembourgish luxembourgeois luxembourgeoise",
    "LV": "latvian letton lettone",
    "MA": "moroccan marocain marocaine",
    "MT": "maltese maltais maltaise",
    "MX": "mexican mexicain mexicaine",
    "NL": "dutch néerlandais néerlandaise",
    "NO": "norwegian norvégien norvégienne",
    "NZ": "zealander",
    "PL": "polish polonais polonaise",
    "PT": "portuguese portugais portugaise",
    "RO": "romanian roumain roumaine",
    "RS": "serbian serbe",
    "SE": "swedish suédois suédoise",
    "SI": "slovenian slovene slovène",
    "SK": "slovak slovaque",
    "SN": "senegalese sénégalais sénégalaise",
    "TN": "tunisian tunisien tunisienne",
    "TR": "turkish turc turque",
    "UA": "ukrainian ukrainien ukrainienne",
    "US": "american américain américaine",
}
"""Where somebody's union is, said by an adjective; Babel has none."""

BY_ADJECTIVE = {word: code for code, adjectives in _ADJECTIVES.items() for word in adjectives.split()}


def country_of(text: str) -> str:
    """Return the ISO 3166-1 code of the country that a whole text names, else an empty text.

    A code of two letters counts in capitals only: "is" and "at" are words.
    """
    name = " ".join(text.split()).strip(" .,;")
    if len(name) == 2 and not name.isupper():
        return ""
    return _SHORT.get(name.casefold()) or _SHORT.get(text.strip().casefold()) or country_code(name)


def country_of_adjective(word: str) -> str:
    """Return the code of the country of an adjective, as "German" or "allemande", else an empty text."""
    return BY_ADJECTIVE.get(word.casefold(), "")
