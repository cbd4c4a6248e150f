"""The images of the pods, all made here: no registry is asked."""

import fcntl
import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .machine import IMAGES, SCRATCH, STATE, use_images
from .podman import podman

RECIPES = Path(__file__).parent.parent / "images"
DEBIAN = "localhost/debian"
MAIN = "localhost/main"
PROXY = "localhost/proxy"
KNELL = "localhost/knell"
CARRIER = "localhost/carrier"

CONTEXT = ("agent", "envoy.yaml")
SUITE = "bookworm"
PACKAGES = "bash,curl,procps"
"""What the ancestor's image holds."""

CLUTTER = ["usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists"]


@contextmanager
def base_images(envoy: Path) -> Iterator[None]:
    """Makes the images that do not depend on Knell, where they are missing or behind, and keeps them from change."""
    key = _key(envoy)
    stamp = IMAGES / "key"
    with (STATE / "images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        while not (stamp.exists() and stamp.read_text() == key):
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (stamp.exists() and stamp.read_text() == key):
                _make(envoy)
                stamp.write_text(key)
            fcntl.flock(lock, fcntl.LOCK_SH)
        use_images(IMAGES / "store")
        yield


def knell_image(binary: Path) -> None:
    """Makes the image under test: the last stage of the repository's Dockerfile, with `binary` in place of the first.

    The Dockerfile is used as it stands; a directory stands in for its stage `build`, with the files copied from there.
    """
    build = SCRATCH / "build"
    for file in _copied_from_build(Path("Dockerfile").read_text()):
        # The stage's /knell is the repository.
        inside = file.removeprefix("/knell/")
        source = binary if inside == ".build-release/knell" else Path(inside)
        place = build / file.removeprefix("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place)
    podman("build", "-q", "--pull=never", "--network=none", "--build-context", f"build={build}", "-t", KNELL, ".")
    shutil.rmtree(build)
    recipe = RECIPES / "carrier.Containerfile"
    podman("build", "-q", "--pull=never", "--network=none", "-t", CARRIER, "-f", recipe, RECIPES)


def _copied_from_build(dockerfile: str) -> list[str]:
    found: list[str] = []
    for line in dockerfile.splitlines():
        instruction, *words = line.split() or [""]
        if instruction == "COPY" and "--from=build" in words:
            found += [word for word in words if not word.startswith("--")][:-1]
    return found


def _key(envoy: Path) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for recipe in ("Containerfile", *CONTEXT):
        digest.update((RECIPES / recipe).read_bytes())
    digest.update(f"{envoy} {envoy.stat().st_size} {podman('--version')}".encode())
    return digest.hexdigest()


def _make(envoy: Path) -> None:
    began = time.monotonic()
    print("Making the pods' images (kept in .build-pods) …", flush=True)
    shutil.rmtree(IMAGES, ignore_errors=True)
    store = IMAGES / "store"
    store.mkdir(parents=True)
    _debian(store)
    context = STATE / "context"
    shutil.rmtree(context, ignore_errors=True)
    context.mkdir()
    for file in CONTEXT:
        shutil.copy2(RECIPES / file, context)
    shutil.copy2(envoy, context / "envoy")
    for image in (MAIN, PROXY):
        target = image.rpartition("/")[2]
        recipe = RECIPES / "Containerfile"
        options = ("-q", "--pull=never", "--network=none", "--target", target, "-t", image, "-f", recipe)
        podman("build", *options, context, store=store, within=300)
    shutil.rmtree(context)
    # podman makes the image of its infra container with the first pod.
    podman("pod", "create", "--name", "first", "--network=none", store=store)
    podman("pod", "rm", "first", store=store)
    print(f"… {time.monotonic() - began:.0f} s", flush=True)


def _debian(store: Path) -> None:
    packages = STATE / "packages"
    packages.mkdir(exist_ok=True)
    root = SCRATCH / "debian"
    root.mkdir()
    mirrors = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", f"Codename: {SUITE}"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    log = STATE / "debootstrap.log"
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", f"--cache-dir={packages}", SUITE, str(root)]
    with log.open("w") as output:
        done = subprocess.run(command + mirrors[:1], check=False, stdout=output, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        tail = "\n".join(log.read_text().splitlines()[-10:])
        raise SystemExit(f"debootstrap cannot make the pods' base image:\n{tail}")
    for clutter in CLUTTER:
        shutil.rmtree(root / clutter, ignore_errors=True)
    tar = subprocess.Popen(["tar", "-C", str(root), "--numeric-owner", "-c", "."], stdout=subprocess.PIPE)
    command = ["podman", "--root", str(store), "--runroot", "/run/containers/building", "import", "-q"]
    command += ["--change", "ENV PATH=/usr/local/bin:/usr/bin:/bin"]
    subprocess.run([*command, "-", DEBIAN], stdin=tar.stdout, stdout=subprocess.DEVNULL, check=True)
    if tar.wait() != 0:
        raise SystemExit("tar cannot read the pods' base image")
    shutil.rmtree(root)
