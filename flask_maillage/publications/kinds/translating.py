"""Others' words in several languages: `nameMap`, `summaryMap` and `contentMap`, read as translations."""

from typing import Any

from federation.errors import Malformed
from federation.sanitising import clean_html
from flask_maillage.publications.content import HTML_LIMIT, MOST_TRANSLATIONS, Translation
from flask_maillage.publications.kinds import page_text
from flask_maillage.publications.kinds.base import untitled
from flask_maillage.publications.kinds.reading import language_of, map_of, summary_of


def translations_of(document: dict[str, Any], status: str) -> tuple[Translation, ...]:
    """Return what an object says in other languages than its own; what has neither title nor text is none."""
    names, summaries, texts = (map_of(document, f"{key}Map") for key in ("name", "summary", "content"))
    own = language_of(document)
    tags = [tag for tag in dict.fromkeys([*names, *texts]) if tag != own] if own else []
    found = (_translation(tag, names.get(tag, ""), summaries.get(tag, ""), texts.get(tag, ""), status) for tag in tags)
    return tuple(one for one in found if one.name or one.html)[:MOST_TRANSLATIONS]


def _translation(tag: str, name: str, summary: str, text: str, status: str) -> Translation:
    try:
        name = untitled({"name": name}, status)
    except Malformed:
        name = ""
    html = clean_html(page_text.without_facts(text), limit=HTML_LIMIT)
    return Translation(language=tag, name=name, summary=summary_of({"summary": summary}), html=html)
