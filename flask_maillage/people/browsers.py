"""What a browser says it is, in words a person knows: its name, and the kind of machine."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Vivaldi", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What stands in the line of each, those first whose line names others too."""
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_in_words(user_agent: str) -> str:
    """Return what a browser's line says, as `Firefox, Linux`; empty where we cannot tell."""
    return ", ".join(filter(None, (_first(BROWSERS, user_agent), _first(MACHINES, user_agent))))


def _first(names: tuple[tuple[str, str], ...], line: str) -> str:
    return next((name for sign, name in names if sign in line), "")
