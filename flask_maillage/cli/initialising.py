"""`maillage init`: a node from nothing, in one folder."""

import json
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from actors import local
from actors.database import BIND, session
from flask_maillage import migrating
from flask_maillage.app import SETTINGS_FILE, create_app

DEFAULT_NAME = "Maillage"
LOOPBACK = "127.0.0.0/8"


@click.command("init")
@click.option(
    "--base-url",
    envvar="MAILLAGE_BASE_URL",
    prompt="The address of the node (as https://network.example)",
    help="It never changes.",
)
@click.option("--name", envvar="MAILLAGE_NAME", default=None, help="What the node is called.")
@click.option(
    "--language", envvar="MAILLAGE_LANGUAGE", type=click.Choice(["en", "fr"]), default="en", show_default=True
)
@click.option(
    "--data",
    envvar="MAILLAGE_DATA",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("node"),
    show_default=True,
)
@click.option(
    "--allowed-networks",
    envvar="MAILLAGE_ALLOWED_NETWORKS",
    default="",
    help="Private networks that may be reached; for an address on this machine it is 127.0.0.0/8 by itself.",
)
@click.pass_context
def init(ctx: click.Context, base_url: str, name: str | None, language: str, data: Path, allowed_networks: str) -> None:
    """Make a node: its folder, its settings, its database and its own actor."""
    path = data / SETTINGS_FILE
    if path.exists():
        raise click.ClickException(f"{path} is there already; this node was made before.")
    asked = ctx.get_parameter_source("base_url") is ParameterSource.PROMPT
    if name is None:
        name = click.prompt("What the node is called", default=DEFAULT_NAME) if asked else DEFAULT_NAME
    values = {"base_url": base_url, "name": name, "language": language}
    allowed_networks = allowed_networks or (LOOPBACK if is_trial(base_url) else "")
    if allowed_networks:
        values["allowed_networks"] = allowed_networks
    config = {f"MAILLAGE_{key.upper()}": value for key, value in values.items()} | {"MAILLAGE_DATA": str(data)}
    prepare(config)
    path.write_text("".join(f"{key} = {quoted(value)}\n" for key, value in values.items()), encoding="utf-8")
    prefix = "" if data == Path("node") else f"MAILLAGE_DATA={data} "
    command = prefix + own_command()
    click.echo(f"The node is in {data}/. Next, in this terminal or in another:")
    click.echo(f'  {command} actor add our_union "Our union"')
    click.echo(f'  {command} member add you@example.org "Your name" your_handle --admin --for our_union')
    click.echo(f"  {command} serve")


def is_trial(base_url: str) -> bool:
    """Tell whether an address is one of this machine alone, in plain http: a node for a trial."""
    parts = urlsplit(base_url)
    return parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")


def own_command() -> str:
    """Return what one types for this command here: `maillage`, or its path where that is not found."""
    beside = Path(sys.executable).with_name("maillage")
    found = shutil.which("maillage")
    if found is not None and Path(found).resolve() == beside.resolve():
        return "maillage"
    if not beside.exists():
        return f"{Path(sys.executable).name} -m flask_maillage"
    return str(beside.relative_to(Path.cwd())) if beside.is_relative_to(Path.cwd()) else str(beside)


def quoted(value: str) -> str:
    """Return a text as TOML writes it: as JSON does, in which only surrogates and the sign for delete differ."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def prepare(config: dict[str, str]) -> None:
    """Make the tables and the node's own actor."""
    app = create_app(config)
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engines[BIND]
        migrating.upgrade(engine)
        local.ensure_application()
        session().commit()
    engine.dispose()
