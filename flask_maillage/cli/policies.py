"""Commands about whom the node deals with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select

from actors import policy, policy_lists
from actors.database import session
from actors.models import HostPolicy
from actors.node import node
from flask_maillage.cli.groups import policy_group
from inboxes import consequences
from inboxes.consequences import Outcome, Taken, TooWide

hosts = click.argument("hosts", metavar="HOST…", nargs=-1, required=True)
reason = click.option("--reason", default=None, help="Why; it stands in exported lists.")
force = click.option("--force", is_flag=True, help="Also about our own host, or a name like org or co.uk.")
WORDS = {policy.BLOCK: "blocked", policy.SILENCE: "silenced", policy.ALLOW: "allowed", policy.NONE: "-"}


@policy_group.command("block")
@hosts
@reason
@force
@click.option("--erase", is_flag=True, help="Erase what is kept of them, for good; else it is hidden.")
def policy_block(hosts: tuple[str, ...], reason: str | None, force: bool, erase: bool) -> None:
    """Take nothing from hosts and what is below them, send nothing there, show nothing of theirs."""
    _decide(hosts, level=policy.BLOCK, reason=reason, force=force)
    erased = sum(consequences.erase(host) for host in hosts) if erase else 0
    session().commit()
    if erased:
        click.echo(f"What was kept of {erased} actors is erased.")


@policy_group.command("silence")
@hosts
@reason
@force
def policy_silence(hosts: tuple[str, ...], reason: str | None, force: bool) -> None:
    """Take what comes from hosts, and list it nowhere; their follows and replies wait for a person."""
    _decide(hosts, level=policy.SILENCE, reason=reason, force=force)
    session().commit()


@policy_group.command("allow")
@hosts
@reason
@force
def policy_allow(hosts: tuple[str, ...], reason: str | None, force: bool) -> None:
    """Deal with hosts and what is below them in an archipelago; elsewhere it ends a block or a silence of them."""
    _decide(hosts, level=policy.ALLOW, reason=reason, force=force)
    session().commit()
    if not node().archipelago:
        click.echo("This node is open to every host that is not blocked; MAILLAGE_FEDERATION=archipelago changes that.")


@policy_group.command("media")
@hosts
@reason
@force
@click.option("--refuse/--accept", default=True, help="Refuse them, which is the default, or accept them again.")
def policy_media(hosts: tuple[str, ...], reason: str | None, force: bool, refuse: bool) -> None:
    """Keep and show no images, sounds and films of hosts and what is below them."""
    _decide(hosts, refuses_media=refuse, reason=reason, force=force)
    session().commit()


@policy_group.command("unblock")
@hosts
def policy_unblock(hosts: tuple[str, ...]) -> None:
    """Take back whatever was decided about hosts."""
    for host in hosts:
        with _told():
            known = consequences.undo(host)
        if not known:
            session().rollback()
            raise click.ClickException(f"{host} is not blocked: nothing was decided about it.")
    session().commit()
    for host in hosts:
        click.echo(f"{policy.name_of(host)} is blocked no longer: nothing is decided about it.")


@policy_group.command("list")
def policy_list() -> None:
    """List what was decided about hosts, each of which holds for everything below it too."""
    mode = "only with allowed hosts (an archipelago)" if node().archipelago else "with every host that is not blocked"
    click.echo(f"This node federates {mode}.")
    for row in session().scalars(select(HostPolicy).order_by(HostPolicy.name)):
        media = "no media" if row.refuses_media else ""
        click.echo(f"{row.name:40} {WORDS[row.level]:9} {media:9} {row.created_at:%Y-%m-%d} {row.reason}".rstrip())


@policy_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Change nothing; say what would change.")
@click.option("--replace", is_flag=True, help="Take back what was decided about hosts that are not on the list.")
@click.option("--allow", "allowing", is_flag=True, help="The list names hosts to allow, as `export --allow` writes it.")
@force
def policy_import(file: Path, dry_run: bool, replace: bool, allowing: bool, force: bool) -> None:
    """Take over a list of blocks as servers of the fediverse export it (CSV), whole or not at all."""
    raw = _beginning(file)
    with _told():
        taken = consequences.take_list(raw, allowing=allowing, drop_others=replace, force=force, dry_run=dry_run)
    if dry_run:
        session().rollback()
    else:
        session().commit()
    _report(taken, dry_run)


@policy_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=False)
@click.option("--allow", "allowing", is_flag=True, help="The hosts that are allowed, one on each line.")
def policy_export(file: Path | None, allowing: bool) -> None:
    """Write what was decided as a list (CSV) that other servers can take; reasons stand in it."""
    text = policy_lists.write(session().scalars(select(HostPolicy)), allowing=allowing)
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_bytes(text.encode("utf-8"))


def _decide(
    hosts: tuple[str, ...],
    *,
    level: str | None = None,
    refuses_media: bool | None = None,
    reason: str | None,
    force: bool,
) -> None:
    """Decide about each host, or about none where one of them cannot be decided about."""
    lines = []
    for host in hosts:
        with _told():
            outcome = consequences.decide(host, level=level, refuses_media=refuses_media, reason=reason, force=force)
        word = WORDS[level] if level else ("asked for no media" if refuses_media else "asked for media again")
        lines.append(f"{policy.name_of(host)} is {word}, with everything below it.{_ended(outcome)}")
    for line in lines:
        click.echo(line)


@contextmanager
def _told() -> Iterator[None]:
    """End the command in a sentence where something is wrong with a host or a list, with nothing changed."""
    try:
        yield
    except TooWide as error:
        session().rollback()
        raise click.ClickException(f"{error} If you mean it, add --force.") from None
    except ValueError as error:
        session().rollback()
        raise click.ClickException(f"Nothing was changed: {error}") from None


def _beginning(file: Path) -> bytes:
    """Read a file, and no more of one that is too long than shows that it is."""
    with file.open("rb") as opened:
        return opened.read(policy_lists.MAX_BYTES + 1)


def _ended(outcome: Outcome) -> str:
    parts = [
        f"{count} {what}"
        for count, what in (
            (outcome.follows, "follows ended"),
            (outcome.deliveries, "deliveries cancelled"),
            (outcome.letters, "letters ignored"),
        )
        if count
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _report(taken: Taken, dry_run: bool) -> None:
    for names, mark in ((taken.added, "+"), (taken.changed, "~"), (taken.dropped, "-")):
        for name in names if dry_run else ():
            click.echo(f"{mark} {name}")
    if taken.skipped:
        lines = ", ".join(str(line) for line in taken.skipped)
        click.echo(f"Skipped, since their hosts are not written out: lines {lines}.")
    counts = f"{len(taken.added)} new, {len(taken.changed)} changed, {len(taken.dropped)} taken back"
    click.echo(f"{counts}; nothing was written." if dry_run else f"{counts}.{_ended(taken.outcome)}")
