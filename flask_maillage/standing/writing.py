"""Writing standing pages: the one way in for the admins' form, the command and the sample network."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select

from actors.database import session
from actors.models import Actor
from actors.node import now
from federation import markdown
from federation.sanitising import clean_text, without_controls
from flask_maillage.standing.models import FOOTER, WHERE, StandingPage, StandingText
from flask_maillage.web.language import LANGUAGES

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
LONGEST_SLUG, LONGEST_TITLE, LONGEST_TEXT, MOST = 60, 150, 100_000, 50


def _(message: str) -> str:
    return message


WRONG_SLUG = _("Write small letters, digits and hyphens, as legal-notice, at most 60.")


class PageRefused(ValueError):
    """What was asked for cannot be done with a page; the text says why, to a person."""

    def __init__(self, message: str, field: str = "text") -> None:
        """Keep the sentence, and which field of the form it is about."""
        super().__init__(message)
        self.field = field


def find(slug: str) -> StandingPage | None:
    """Return a page, a draft too."""
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        return None
    return session().scalar(select(StandingPage).where(StandingPage.slug == slug))


def all_pages() -> Sequence[StandingPage]:
    """Return all pages in their order."""
    return session().scalars(select(StandingPage).order_by(StandingPage.position, StandingPage.id)).all()


def newest(page: StandingPage) -> dict[str, StandingText]:
    """Return what a page says now, by language; languages that were taken away are left out."""
    found = {one.language: one for one in page.texts if one.is_newest and one.title}
    return {language: found[language] for language in LANGUAGES if language in found}


def number_of(page: StandingPage | None, language: str) -> int:
    """Return the number of the newest version in a language; 0 where there is none."""
    return max((one.number for one in page.texts if one.language == language), default=0) if page else 0


def add(slug: str) -> StandingPage:
    """Begin a page, a draft at the end of the others.

    Raises:
        PageRefused: the slug is none, is taken, or there are pages enough.
    """
    slug = slug.strip()
    if len(slug) > LONGEST_SLUG or not SLUG.fullmatch(slug):
        raise PageRefused(WRONG_SLUG, "slug")
    if find(slug) is not None:
        raise PageRefused(_("There is a page at this address: change that one, or choose another."), "slug")
    count, last = session().execute(select(func.count(), func.max(StandingPage.position))).one()
    if count >= MOST:
        raise PageRefused(_("There are pages enough: use those that there are."), "slug")
    page = StandingPage(
        slug=slug, linked=FOOTER, position=(last or 0) + 1, published_at=None, created_at=now(), updated_at=now()
    )
    session().add(page)
    session().flush()
    return page


def write(
    page: StandingPage, language: str, title: str, source: str, *, author: Actor | None = None, seen: int | None = None
) -> None:
    """Write what a page says in a language; nothing is kept where it says that already.

    Args:
        page: which page.
        language: one of ours.
        title: its heading; with an empty text too, the language is taken away.
        source: Markdown.
        author: who wrote it.
        seen: the number of the version that the author began with; None where they know what they overwrite.

    Raises:
        PageRefused: a part is missing or too long, or somebody else wrote meanwhile.
    """
    title, source = clean_text(title, limit=LONGEST_TITLE + 1), without_controls(source).strip("\n")
    if language not in LANGUAGES:
        raise PageRefused(_("Pages are written in one of the languages of this node."), "text")
    before = newest(page).get(language)
    if seen is not None and seen != number_of(page, language):
        raise PageRefused(_("Somebody changed it meanwhile: look at it among the versions, then save yours once more."))
    if len(title) > LONGEST_TITLE:
        raise PageRefused(_("A title has at most 150 characters."), "title")
    if len(source) > LONGEST_TEXT:
        raise PageRefused(_("The text is longer than 100,000 characters."))
    if source.strip() and not title:
        raise PageRefused(_("Write a title: it stands in the menu."), "title")
    if title and not source.strip():
        raise PageRefused(_("Write the text."))
    if (before.title, before.source) == (title, source) if before else not title:
        return
    for one in page.texts:
        if one.language == language:
            one.is_newest = False
    page.texts.append(
        StandingText(
            language=language,
            number=number_of(page, language) + 1,
            is_newest=True,
            title=title,
            source=source,
            html=markdown.render(source),
            written_at=now(),
            author=author,
        )
    )
    page.updated_at = now()
    session().flush()


def settle(page: StandingPage, *, linked: str, is_published: bool) -> None:
    """Say where all pages link to a page, and whether readers see it.

    Raises:
        PageRefused: it says nothing yet, or the place is none.
    """
    if linked not in WHERE:
        raise PageRefused(_("Not a valid choice."), "linked")
    if is_published and not newest(page):
        raise PageRefused(_("Write a title and a text before it is published."), "title")
    page.linked = linked
    page.published_at = (page.published_at or now()) if is_published else None
    session().flush()


def bring_back(page: StandingPage, language: str, number: int, *, author: Actor | None = None) -> bool:
    """Let an earlier version count again, as a new one; False where there is none of that number."""
    found = next((one for one in page.texts if (one.language, one.number) == (language, number) and one.title), None)
    if found is None:
        return False
    write(page, language, found.title, found.source, author=author)
    return True


def move(page: StandingPage, *, up: bool) -> None:
    """Let a page change places with the one before it or after it."""
    pages = list(all_pages())
    place = pages.index(page)
    other = place - 1 if up else place + 1
    if 0 <= other < len(pages):
        pages[place], pages[other] = pages[other], pages[place]
    for position, one in enumerate(pages, start=1):
        one.position = position
    session().flush()


def remove(page: StandingPage) -> None:
    """Take a page away with all it ever said.

    Raises:
        PageRefused: readers see it.
    """
    if page.published_at is not None:
        raise PageRefused(_("Readers see this page: make it a draft first."))
    session().delete(page)
    session().flush()
