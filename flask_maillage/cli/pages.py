"""Commands about the pages on which a node says what it is."""

from pathlib import Path

import click

from actors.database import session
from flask_maillage.cli.groups import page
from flask_maillage.standing import writing
from flask_maillage.standing.models import WHERE


@page.command("set")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", default="en", show_default=True, help="The language of the text, as fr.")
@click.option("--title", default="", help="Its heading; else the first heading of the file.")
@click.option("--link", "linked", type=click.Choice(WHERE), help="Where all pages link to it.")
@click.option("--publish/--draft", "is_published", default=None, help="Whether readers see it.")
def set_page(slug: str, file: Path, language: str, title: str, linked: str | None, is_published: bool | None) -> None:
    """Write a page from a Markdown file; the page is made, as a draft, where there is none."""
    try:
        title, text = _parts(file.read_text(encoding="utf-8"), title)
        found = writing.find(slug) or writing.add(slug)
        writing.write(found, language, title, text)
        was = found.published_at is not None
        writing.settle(found, linked=linked or found.linked, is_published=was if is_published is None else is_published)
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not a text in UTF-8.") from None
    except writing.PageRefused as refused:
        session().rollback()
        raise click.ClickException(str(refused)) from None
    state = "published" if found.published_at else "a draft"
    session().commit()
    click.echo(f"/pages/{slug} is written in {language}; it is {state}.")


@page.command("list")
def list_pages() -> None:
    """List the pages in their order."""
    for found in writing.all_pages():
        state = "published" if found.published_at else "draft"
        titles = ", ".join(f"{language}={text.title}" for language, text in writing.newest(found).items())
        click.echo(f"{found.slug:30} {state:9} {found.linked:8} {titles}".rstrip())


def _parts(text: str, title: str) -> tuple[str, str]:
    """Return title and text; the first heading of a file is the title where no other is given."""
    lines = text.lstrip("\ufeff").lstrip("\n").split("\n")
    if not title and lines[0].startswith("# "):
        return lines[0].removeprefix("# ").strip(), "\n".join(lines[1:])
    return title, text.lstrip("\ufeff")
