"""Commands that look a territory up in the gazetteer, for whoever needs its code."""

import click

from flask_maillage.cli.groups import territory
from flask_maillage.territory.gazetteer import KINDS, Zone, complete, containing, described, inside, is_built

NOT_BUILT = "There is no gazetteer here: run `make assets`."


@territory.command("find")
@click.argument("text")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only of this kind; several times.")
@click.option("--language", default="en", type=click.Choice(["en", "fr"]), help="The language of countries' names.")
@click.option("--limit", default=10, type=click.IntRange(1, 100), help="How many at most.")
def find_territory(text: str, kinds: tuple[str, ...], language: str, limit: int) -> None:
    """List the territories that the beginning of a name, a postal code or a code may mean, the likeliest first."""
    _check()
    found = complete(text, kinds=kinds or KINDS, language=language, limit=limit)
    if not found:
        raise click.ClickException(f"No territory begins with {text}.")
    for zone in found:
        click.echo(_line(zone, language))


@territory.command("show")
@click.argument("code")
def show_territory(code: str) -> None:
    """Show what is known of a territory: where it is, what it lies in, and the largest of what lies in it."""
    _check()
    zones = containing(code)
    if not zones:
        raise click.ClickException(f"There is no territory {code}; `maillage territory find` looks for names.")
    zone, *outer = zones
    click.echo(_line(zone, "en"))
    if zone.postal_codes:
        click.echo(f"postal codes: {' '.join(zone.postal_codes)}")
    if zone.point is not None:
        click.echo(f"point: {zone.latitude}, {zone.longitude}{'' if zone.exact else ' (about)'}")
    click.echo(f"people: {zone.population}")
    for one in outer:
        click.echo(f"  lies in {_line(one, 'en')}")
    for one in inside(zone.code, limit=5):
        click.echo(f"  holds {_line(one, 'en')}")


def _line(zone: Zone, language: str) -> str:
    return f"{zone.code:20} {zone.kind:10} {zone.spelled or zone.name:32} {described(zone, language)}".rstrip()


def _check() -> None:
    if not is_built():
        raise click.ClickException(NOT_BUILT)
