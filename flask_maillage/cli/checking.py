"""What is looked at before a node begins to work: its tables, its address, its secret; and its files when asked."""

import click
from flask import current_app

from actors import iris, local
from actors.database import BIND, reading, session
from flask_maillage import migrating
from flask_maillage.calls import audit
from flask_maillage.cli.groups import maillage
from flask_maillage.files import folder
from flask_maillage.publications.enclosures import reconciling
from flask_maillage.settings import SettingError

MOST_SHOWN = 20


def check_node() -> None:
    """Refuse to work with a database that is not this node's or not of this version.

    Raises:
        SchemeError: the tables are older, newer or missing.
        SettingError: the database belongs to a node with another address.
        WrongSecret: its private keys lie under another secret.
    """
    migrating.check(current_app.extensions["sqlalchemy"].engines[BIND])
    application = local.find(iris.NODE_HANDLE)
    if application is None:
        raise SettingError("This node has no actor of its own yet: run `maillage init`, or `maillage db upgrade`.")
    if application.iri != iris.application():
        raise SettingError(
            f"MAILLAGE_BASE_URL leads to {iris.application()}, but the database is that of {application.iri}: an "
            "address never changes, so set it back, or begin with another database."
        )
    local.signer_of(application)
    session().rollback()


@maillage.command("check")
def check() -> None:
    """Look at tables, address and secret, and whether each file that a row names is there; ends with 1 if not."""
    check_node()
    click.echo("Tables, address and secret belong together.")
    with reading():
        rows = list(reconciling.named_files())
    incomplete = [gone for row in rows if (gone := [name for name in row if not folder.path_of(name).is_file()])]
    if not incomplete:
        click.echo(f"Files: {len(rows)} rows, and what they name is there.")
        return
    for names in incomplete[:MOST_SHOWN]:
        click.echo(f"  {', '.join(names)}")
    if len(incomplete) > MOST_SHOWN:
        click.echo(f"  … and {len(incomplete) - MOST_SHOWN} more")
    raise click.ClickException(
        f"{len(incomplete)} of {len(rows)} rows name a file that is not in {folder.shelf().folder}: bring it back from "
        "a backup."
    )


@maillage.command("doctor")
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look at all that `check` looks at, and whether the logs of calls are as they were written; ends with 1 if not."""
    with reading():
        broken = audit.verify_all()
    for call, problems in broken.items():
        for problem in problems:
            click.echo(f"  {call}: {problem}", err=True)
    if not broken:
        click.echo("Logs of calls: each record follows from the one before.")
    context.invoke(check)
    if broken:
        raise click.ClickException(
            f"The logs of {len(broken)} calls were changed after they were written: compare them with a backup, and "
            "with the heads that decisions hold."
        )
