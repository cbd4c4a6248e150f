"""What podman needs of this machine, within the mount and PID namespace that `run` has made."""

import fcntl
import os
import subprocess
from contextlib import suppress
from pathlib import Path

STATE = Path(".build-pods").resolve()
"""What is kept between runs: images, packages."""

IMAGES = STATE / "images"
"""The store of images, which the pods only read."""

SCRATCH = Path("/run/knell-pods")
"""Volumes and records of this run, in memory."""

# Limits below the hard ones, since a root without CAP_SYS_RESOURCE cannot raise them; soft and hard are the same, as
# podman 4.3 swaps the two for a pod's infra container.
CONTAINERS = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
pull_policy = "never"
num_locks = 2048
"""

STORAGE = """\
[storage]
driver = "overlay"
graphroot = "/var/lib/containers/storage"
runroot = "/run/containers/storage"
[storage.options]
additionalimagestores = [{stores}]
"""


def isolate() -> None:
    """Gives this namespace a podman of its own: nothing that it writes is seen, or stays, outside."""
    for place in ("/run", "/dev/shm", "/etc/containers", "/var/lib/containers"):
        os.makedirs(place, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", place], check=True)
    # A cgroup2 hierarchy beside those of version 1: crun refuses to work with both.
    unified = Path("/sys/fs/cgroup/unified")
    if unified.is_mount():
        subprocess.run(["umount", str(unified)], check=True)
    etc = Path("/etc/containers")
    (etc / "containers.conf").write_text(CONTAINERS)
    (etc / "registries.conf").write_text("unqualified-search-registries = []\n")
    (etc / "policy.json").write_text('{"default": [{"type": "insecureAcceptAnything"}]}\n')
    use_images(None)
    SCRATCH.mkdir()
    STATE.mkdir(exist_ok=True)


def use_images(store: Path | None) -> None:
    """Names the store of images that podman may read besides its own."""
    Path("/etc/containers/storage.conf").write_text(STORAGE.format(stores=f'"{store}"' if store else ""))


class Ledger:
    """The pods of a run, written down so that a later run can remove the control groups of one that was killed.

    Everything else of a killed run goes with its namespaces.
    """

    def __init__(self, run: str):
        self.path = STATE / f"run-{run}.pods"

    def open(self) -> None:
        self._sweep()
        self._lock = self.path.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def add(self, pod: str) -> None:
        with self.path.open("a") as file:
            file.write(f"{pod}\n")

    def close(self) -> None:
        self._remove(self.path)
        self._lock.close()

    @classmethod
    def _sweep(cls) -> None:
        for path in STATE.glob("run-*.pods"):
            with path.open() as file, suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cls._remove(path)

    @staticmethod
    def _remove(path: Path) -> None:
        pods = path.read_text().split()
        path.unlink(missing_ok=True)
        cgroups = Path("/sys/fs/cgroup")
        for parent in [*cgroups.glob("libpod_parent"), *cgroups.glob("*/libpod_parent")]:
            for pod in pods:
                # Only empty ones can be removed.
                for directory, _, _ in os.walk(parent / pod, topdown=False):
                    with suppress(OSError):
                        os.rmdir(directory)
            with suppress(OSError):
                parent.rmdir()
