"""Commands about the topics that this node adds to the list which all nodes share."""

import click

from actors.database import session
from flask_maillage.cli.groups import topic
from flask_maillage.publications import topic_list


@topic.command("add")
@click.argument("term")
@click.option(
    "--label", "labels", multiple=True, required=True, help="What it is called, as en=Housing; several times."
)
@click.option("--parent", default="", help="The last part of the id of a broader topic, as voice.")
def add_topic(term: str, labels: tuple[str, ...], parent: str) -> None:
    """Add a topic, or say anew what one is called; a retired one is offered again."""
    pairs = dict(label.partition("=")[::2] for label in labels)
    try:
        added = topic_list.add(term, pairs, parent)
    except topic_list.TopicError as error:
        raise click.ClickException(str(error)) from None
    session().commit()
    click.echo(added.iri)


@topic.command("list")
def list_topics() -> None:
    """List the topics of this node, the retired ones too."""
    for found in topic_list.listed(retired=True):
        names = ", ".join(f"{language}={label}" for language, label in found.labels.items())
        state = "retired" if found.retired_at else "offered"
        click.echo(f"{found.term:30} {state:8} {names} {found.parent}".rstrip())


@topic.command("retire")
@click.argument("term")
def retire_topic(term: str) -> None:
    """Offer a topic no more; it stays where it was chosen."""
    if not topic_list.retire(term):
        raise click.ClickException(f"There is no topic {term} that is offered; `maillage topic list` names them.")
    session().commit()
    click.echo(f"{term} is offered no more.")


@topic.command("remove")
@click.argument("term")
def remove_topic(term: str) -> None:
    """Take a topic away that nothing names, as if it had never been."""
    try:
        found = topic_list.remove(term)
    except topic_list.TopicError as error:
        raise click.ClickException(str(error)) from None
    if not found:
        raise click.ClickException(f"There is no topic {term}; `maillage topic list` names them.")
    session().commit()
    click.echo(f"{term} is gone.")
