"""How long a title and a text are: asked of forms, programs and imports alike; each answer is a sentence, or empty.

Sentences are plain English and the keys of their translations; `_` marks them for the translator.
"""

from flask_maillage.publications.content import one_line

NAME_ROOM = 180  # leaves room for the mark of a cancelled one within Mobilizon's 200
TEXT_LIMIT = 20_000
NEWS_LIMIT = 5000


def _(message: str) -> str:
    return message


EMPTY = _("Write at least a sentence.")
ENDS_BEFORE = _("It must end after it starts.")
TOO_LONG = _("This is too long: at most 20,000 characters.")
NEWS_TOO_LONG = _("This is too long for news: at most 5,000 characters.")


def wrong_title(name: str) -> str:
    """Say what is wrong with a title that peers would refuse; control characters do not count."""
    length = len(one_line(name, NAME_ROOM + 1))
    return "" if 3 <= length <= NAME_ROOM else _("A title has between 3 and 180 characters.")


def wrong_text(source: str, *, of_news: bool = False) -> str:
    """Say what is wrong with a text in Markdown, as its author writes it: nothing in it, or too much."""
    if not source.strip():
        return EMPTY
    if of_news:
        return NEWS_TOO_LONG if len(source) > NEWS_LIMIT else ""
    return TOO_LONG if len(source) > TEXT_LIMIT else ""
