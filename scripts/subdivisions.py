"""Which subdivision of ISO 3166-2 a division of GeoNames is: by their names, and by a table where names do not tell.

GeoNames numbers the divisions of a country in its own way (FIPS 10-4 for most); ISO 3166-2 comes from Unicode's CLDR.
"""

import difflib
import re
from collections.abc import Callable, Iterable

FRENCH_REGIONS = {
    "11": "FR-IDF",
    "24": "FR-CVL",
    "27": "FR-BFC",
    "28": "FR-NOR",
    "32": "FR-HDF",
    "44": "FR-GES",
    "52": "FR-PDL",
    "53": "FR-BRE",
    "75": "FR-NAQ",
    "76": "FR-OCC",
    "84": "FR-ARA",
    "93": "FR-PAC",
    "94": "FR-20R",
}
FRENCH_OVERSEAS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""INSEE numbers that ISO 3166-1 has as countries; 989 (Clipperton) has neither inhabitants nor a code of its own."""

BY_HAND = {
    "BA": {"01": "BA-BIH", "02": "BA-SRP", "BRC": "BA-BRC"},
    "BG": {"42": "BG-22", "58": "BG-23"},
    "CY": {"01": "CY-04", "02": "CY-06", "06": "CY-05"},
    "DE": {"08": "DE-RP"},
    "IS": {"38": "IS-7", "42": "IS-8", "45": "IS-3"},
    "MK": {"F6": "MK-85"},
    "NO": {"01": "NO-30", "04": "NO-30", "05": "NO-54", "13": "NO-30", "17": "NO-38", "18": "NO-54", "20": "NO-38"},
    "CH": {"BS": "CH-BS", "GR": "CH-GR"},
    "CZ": {
        "52": "CZ-10",
        "78": "CZ-64",
        "79": "CZ-31",
        "80": "CZ-63",
        "81": "CZ-41",
        "82": "CZ-52",
        "83": "CZ-51",
        "84": "CZ-71",
        "85": "CZ-80",
        "86": "CZ-53",
        "87": "CZ-32",
        "88": "CZ-20",
        "89": "CZ-42",
        "90": "CZ-72",
    },
    "DK": {"17": "DK-84", "18": "DK-82", "19": "DK-81", "20": "DK-85", "21": "DK-83"},
    "ES": {"27": "ES-RI", "29": "ES-MD", "32": "ES-NC", "54": "ES-CM", "55": "ES-CL", "60": "ES-VC"},
    "FI": {
        "01": "FI-18",
        "02": "FI-19",
        "04": "FI-17",
        "05": "FI-06",
        "06": "FI-11",
        "07": "FI-16",
        "08": "FI-09",
        "09": "FI-02",
        "10": "FI-04",
        "11": "FI-15",
        "12": "FI-13",
        "13": "FI-08",
        "14": "FI-03",
        "15": "FI-12",
        "16": "FI-07",
        "17": "FI-14",
        "18": "FI-05",
        "19": "FI-10",
    },
    "HR": {"18": "HR-16"},
    "IT": {"02": "IT-77", "10": "IT-57", "17": "IT-32"},
    "PL": {"73": "PL-04", "81": "PL-20", "84": "PL-26"},
    "UA": {
        "01": "UA-71",
        "02": "UA-74",
        "03": "UA-77",
        "04": "UA-12",
        "05": "UA-14",
        "06": "UA-26",
        "07": "UA-63",
        "08": "UA-65",
        "09": "UA-68",
        "10": "UA-35",
        "11": "UA-43",
        "12": "UA-30",
        "13": "UA-32",
        "14": "UA-09",
        "15": "UA-46",
        "16": "UA-48",
        "17": "UA-51",
        "18": "UA-53",
        "19": "UA-56",
        "20": "UA-40",
        "21": "UA-59",
        "22": "UA-61",
        "23": "UA-05",
        "24": "UA-07",
        "25": "UA-21",
        "26": "UA-23",
        "27": "UA-18",
    },
}
_COMMON = re.compile(
    r"\b(provincia|province|provincie|provincija|city|metropolitana|metropolitan|region|regiune|regione|county|judet|"
    r"kommune|municipality|opcina|oblast|district|okres|vilayet|autonomous|republic|state|canton|voivodeship|kraj|"
    r"kreis|landkreis|urban|novads|rajons|grad|citta|ciudad|comunidad|comarca|di|de|del|della|dell|la|of|the|and|i|y|"
    r"ili|in|il|ir|it|iz|l|tas|tal|hal|haz)\b"
)
CLOSE_ENOUGH = 0.78


def matched(
    country: str, theirs: dict[str, str], ours: dict[str, Iterable[str]], plain: Callable[[str], str]
) -> dict[str, str]:
    """Return the ISO 3166-2 code for each code of GeoNames that can be told; what can not is left out.

    `theirs` has a name for each code of GeoNames, `ours` all names for each ISO code. A table by hand comes first,
    then equal names, then names that look alike and that nobody else has taken.
    """
    found = {code: iso for code, iso in BY_HAND.get(country, {}).items() if code in theirs and iso in ours}
    whole = {plain(name): iso for iso, spelled in ours.items() for name in spelled}
    names = {_core(name, plain): iso for iso, spelled in ours.items() for name in spelled}
    letters = {f"{country}-{code}": f"{country}-{code}" for code in theirs if code.isalpha()}
    for code, name in theirs.items():
        guesses = (letters.get(f"{country}-{code}"), whole.get(plain(name)), names.get(_core(name, plain)))
        iso = next((guess for guess in guesses if guess in ours), None)
        if code not in found and iso is not None and iso not in found.values():
            found[code] = iso
    for code, name in theirs.items():
        left = {core: iso for core, iso in names.items() if iso not in found.values()}
        close = difflib.get_close_matches(_core(name, plain), left, n=1, cutoff=CLOSE_ENOUGH)
        if code not in found and close:
            found[code] = left[close[0]]
    return found


def _core(name: str, plain: Callable[[str], str]) -> str:
    whole = plain(name)
    return " ".join(_COMMON.sub(" ", whole).split()) or whole
