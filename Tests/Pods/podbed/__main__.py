"""What `run` starts as the only program of its namespaces: images, pytest, the table."""

import os
import secrets
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from . import report
from .images import base_images, knell_image
from .machine import Ledger, isolate
from .podman import PodmanError, podman

SUITE = Path(__file__).parent.parent
STOPPING = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    isolate()
    run = secrets.token_hex(3)
    ledger = Ledger(run)
    ledger.open()
    try:
        podman("info")
        with base_images(Path(os.environ["KNELL_ENVOY"])):
            knell_image(Path(os.environ["KNELL_BINARY"]))
            code = _pytest(run)
            found = report.records()
            if found:
                print(f"\n{report.table(found)}\n\n{report.summary(found)}", flush=True)
            return code
    except PodmanError as error:
        print(f"podman does not work here: {error}", file=sys.stderr)
        return 1
    finally:
        # What the scenarios have not removed themselves, since they were interrupted.
        with suppress(PodmanError):
            podman("pod", "rm", "--all", "--force", "--time=0")
        ledger.close()


def _pytest(run: str) -> int:
    command = [sys.executable, "-m", "pytest", "-c", str(SUITE / "pytest.ini"), f"--rootdir={SUITE}", str(SUITE)]
    # Handed out one by one, since they take from a second to half a minute.
    command += ["-n", os.environ.get("JOBS") or "4", "--dist=load", "--maxschedchunk=1"]
    if part := os.environ.get("FILTER"):
        command += ["-k", part]
    # A session of its own: Ctrl-C is for this program, which then clears away faster than pytest would.
    with subprocess.Popen(command, env={**os.environ, "KNELL_PODS_RUN": run}, start_new_session=True) as tests:
        try:
            return tests.wait()
        except KeyboardInterrupt:
            os.killpg(tests.pid, signal.SIGKILL)
            raise


def _interrupt(*_: object) -> None:
    # Once: the terminal and process 1 of the namespace may both bring it, and the clearing away is to come to its end.
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


for stopping in STOPPING:
    signal.signal(stopping, _interrupt)
try:
    sys.exit(main())
except KeyboardInterrupt:
    print("interrupted; all pods are removed", file=sys.stderr)
    sys.exit(130)
