"""`maillage serve`: the web server and the worker, two processes under one command."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType
from urllib.parse import urlsplit

import click
from flask.cli import with_appcontext

from actors.node import node
from flask_maillage.cli.checking import check_node
from flask_maillage.settings import Settings

STOP_SECONDS = 10.0
LOOK_EVERY = 0.2
RESTART_AFTER = 1.0


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Else that of the base URL, or 8000.")
@click.option("--no-worker", is_flag=True, help="Only the web; `maillage work` runs elsewhere.")
@with_appcontext
def serve(host: str, port: int | None, no_worker: bool) -> None:
    """Serve the node: pages, inboxes and the worker."""
    settings: Settings = node().state["settings"]
    check_node()
    port = port or urlsplit(settings.base_url).port or 8000
    check_port(host, port, "choose another with --port")
    click.echo(f"{settings.name} is at {settings.base_url}/ (listening on {host}:{port}; Ctrl-C ends it).")
    environment = dict(os.environ, MAILLAGE_DATA=str(settings.data))
    jobs = {"web": lambda: start_web(settings, host, port, environment)}
    if not no_worker:
        jobs["worker"] = lambda: start_worker(environment)
    sys.exit(supervise(jobs))


def check_port(host: str, port: int, advice: str) -> None:
    """End the command with a sentence, `advice` included, when the port cannot be listened on."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}): end what listens there, or {advice}."
            ) from None


def start_web(settings: Settings, host: str, port: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start gunicorn with threads; the raw request target that signatures need is in its environment."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    command += ["--workers", str(settings.web_processes), "--threads", str(settings.web_threads)]
    command += ["--worker-class", "gthread", "--timeout", "60", "--log-level", "warning", "--no-control-socket"]
    command.append("flask_maillage.app:create_app()")
    return subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603


def start_worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a worker that ends with us."""
    command = [sys.executable, "-m", "flask_maillage", "work", "--parent", str(os.getpid())]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


def supervise(jobs: dict[str, Callable[[], subprocess.Popen[bytes]]]) -> int:
    """Keep the processes running until we are told to stop; a dead worker is started anew, a dead web ends all.

    They have sessions of their own, so that a Ctrl-C reaches us alone, and we end them in order.
    """
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    running = {name: start() for name, start in jobs.items()}
    code = 0
    while not stopping:
        time.sleep(LOOK_EVERY)
        if running["web"].poll() is not None:
            code = running["web"].returncode or 1
            break
        if "worker" in running and running["worker"].poll() is not None and not stopping:
            click.echo("The worker ended and is started anew.", err=True)
            time.sleep(RESTART_AFTER)
            running["worker"] = jobs["worker"]()
    end(list(running.values()))
    return code


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask the processes to end, and end those that do not."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
