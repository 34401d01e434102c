"""What a worker costs that has nothing to do: processor time of half a minute, on a fresh node in SQLite.

Run it in a checkout from before a change as well, and compare.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
BEGINNING, SECONDS = 15, 30
"""How long it starts, and how long it is looked at."""


def main() -> None:
    """Make a node, let its worker idle, and print what share of one processor it takes."""
    command = [sys.executable, "-m", "flask_maillage"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory(prefix="maillage-benchmark-") as folder:
        made = [*command, "init", "--base-url", "http://127.0.0.1:8000", "--name", "Idle"]
        subprocess.run(made, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
        worker = subprocess.Popen([*command, "work"], cwd=folder, env=environment, stderr=subprocess.DEVNULL)
        try:
            process = psutil.Process(worker.pid)
            time.sleep(BEGINNING)
            before = process.cpu_times()
            time.sleep(SECONDS)
            after = process.cpu_times()
        finally:
            worker.terminate()
            worker.wait()
    spent = (after.user + after.system) - (before.user + before.system)
    print(f"an idle worker: {spent:.2f} s of processor in {SECONDS} s, {spent / SECONDS:.1%} of one")


if __name__ == "__main__":
    main()
