"""`maillage init`: a node from nothing, in one folder."""

import json
from pathlib import Path

import click

from actors import local
from actors.database import BIND, session
from flask_maillage import migrating
from flask_maillage.app import SETTINGS_FILE, create_app


@click.command("init")
@click.option(
    "--base-url",
    envvar="MAILLAGE_BASE_URL",
    prompt="The address of the node (as https://network.example)",
    help="It never changes.",
)
@click.option("--name", envvar="MAILLAGE_NAME", default="Maillage", show_default=True, help="What the node is called.")
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
    help="For a trial on this machine: 127.0.0.0/8.",
)
def init(base_url: str, name: str, language: str, data: Path, allowed_networks: str) -> None:
    """Make a node: its folder, its settings, its database and its own actor."""
    path = data / SETTINGS_FILE
    if path.exists():
        raise click.ClickException(f"{path} is there already; this node was made before.")
    values = {"base_url": base_url, "name": name, "language": language}
    if allowed_networks:
        values["allowed_networks"] = allowed_networks
    config = {f"MAILLAGE_{key.upper()}": value for key, value in values.items()} | {"MAILLAGE_DATA": str(data)}
    prepare(config)
    path.write_text("".join(f"{key} = {quoted(value)}\n" for key, value in values.items()), encoding="utf-8")
    folder = "" if data == Path("node") else f"MAILLAGE_DATA={data} "
    click.echo(f"The node is in {data}/. Next:")
    click.echo(f'  {folder}maillage actor add our_union "Our union"')
    click.echo(f'  {folder}maillage member add you@example.org "Your name" your_handle --admin --for our_union')
    click.echo(f"  {folder}maillage serve")


def quoted(value: str) -> str:
    """Return a text as TOML writes it: as JSON does, in which only surrogates and the sign for delete differ."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def prepare(config: dict[str, str]) -> None:
    """Make the tables and the node's own actor."""
    app = create_app(config)
    with app.app_context():
        migrating.upgrade(app.extensions["sqlalchemy"].engines[BIND])
        local.ensure_application()
        session().commit()
