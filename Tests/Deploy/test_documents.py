"""The README's commands work as they stand there, and the page on scale has the table that its command prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kube import DEPLOY, ROOT, knell, run, tool

README = (DEPLOY / "README.md").read_text()
#: Those that need no cluster; the others are told apart by what they begin with.
BLOCKS = re.findall(r"^ *```sh\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL)
CLUSTER = (
    "kubectl apply",
    "kubectl create",
    "kubectl delete",
    "kubectl get",
    "kubectl logs",
    "kubectl run",
    "until kubectl",
    "cp deploy/airflow",
)
LINES = [line.strip() for block in BLOCKS for line in block.replace("\\\n", " ").splitlines()]
COMMANDS = [line for line in LINES if not line.startswith("#")]
OFFLINE = [line for line in COMMANDS if not line.startswith(CLUSTER)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of deploy/ to run the commands in, and the programs that they name."""
    directory = tmp_path_factory.mktemp("checkout")
    shutil.copytree(DEPLOY, directory / "deploy")
    (directory / "bin").mkdir()
    for name, path in (("kubectl", tool("kubectl")), ("helm", tool("helm")), ("knell", knell())):
        (directory / "bin" / name).symlink_to(path)
    return directory


def test_there_are_commands_of_every_part() -> None:
    assert {line.split()[0] for line in OFFLINE} >= {"kubectl", "helm", "knell"}
    assert len(OFFLINE) < len(COMMANDS)


@pytest.mark.parametrize("command", OFFLINE)
def test_a_command_of_the_readme_works(checkout: Path, command: str) -> None:
    environment = {**os.environ, "PATH": f"{checkout}/bin:{os.environ['PATH']}"}
    shell = ["bash", "-euo", "pipefail", "-c", command]
    result = subprocess.run(shell, check=False, cwd=checkout, env=environment, capture_output=True, timeout=180)
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout


def test_links_lead_somewhere() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)[^)]*\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (DEPLOY / target).exists()] == []


@pytest.mark.parametrize("version", ["2", "3"])
def test_the_selectors_of_airflow_are_spelt_alike_everywhere(version: str) -> None:
    arguments = ("--workload", "airflow", "--airflow-version", version, "--preset", "istio", "--print", "configuration")
    configuration = run(knell(), "init", *arguments).stdout
    (selector,) = re.findall(r"^ *- (commandLine: .*)$", configuration, re.MULTILINE)
    assert selector in (DEPLOY / "airflow/knell-configmap.yaml").read_text()
    # Where a table holds it, its bars are escaped.
    assert selector in (ROOT / "docs/kubernetes.md").read_text().replace("\\|", "|")


def test_every_tag_is_the_version() -> None:
    """Images and charts of deploy/ are those of the executable that they are released with."""
    version = run(knell(), "--version").stdout.strip()
    tags = {}
    for file in [*DEPLOY.rglob("*"), ROOT / "docs/kubernetes.md"]:
        if file.is_file() and "charts" not in file.parts:
            text = file.read_text()
            found = re.findall(r"/knell:([\w.]+)|newTag: (\S+)|^(?:appVersion: |version: )(\d\S+)", text, re.MULTILINE)
            tags |= {f"{file.relative_to(ROOT)}: {tag}": tag for match in found for tag in match if tag}
    assert len(tags) > 10
    # The chart of the example is not Knell's.
    assert {place for place, tag in tags.items() if tag != version} <= {"deploy/helm/example/Chart.yaml: 0.1.0"}


def rows(text: str) -> list[str]:
    """The first cells of a table."""
    return [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]


def scale_table() -> str:
    page = (ROOT / "docs/scale.md").read_text()
    return page[page.index("<!-- scale -->") : page.index("<!-- end -->")]


def test_the_page_on_scale_has_the_rows_that_the_command_prints() -> None:
    few = ("--pods-per-node", "2", "--idle", "0.1", "--lives", "1")
    command = [sys.executable, str(ROOT / "Benchmarks/scale"), *few, knell()]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=180).stdout
    assert rows(printed) == rows(scale_table())


def quantity(cell: str) -> float | None:
    """What a cell of the table says, in bytes or seconds where it has a unit."""
    if cell == "–":
        return None
    number, _, unit = cell.replace(",", "").partition(" ")
    units = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "ms": 1e-3, "s": 1, "h": 3600}
    return float(number) * units[unit]


def products(table: str) -> dict[str, tuple[float, float]]:
    """What the table says, and what its first columns come to: of a node, of the fleet, of many ConfigMaps."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line.startswith("|")]
    header, _, *lines = cells
    (per_node,) = map(float, re.findall(r"a node of (\d+) pods", header[2]))
    ((pods, nodes),) = re.findall(r"([\d,]+) pods on ([\d,]+) nodes", header[3])
    pods, nodes = quantity(pods), quantity(nodes)
    assert pods is not None and nodes == -(-pods // per_node)
    found, one = {}, 0.0
    for line in lines:
        name, (pod, node, fleet) = line[0], map(quantity, line[1:4])
        if name == "ConfigMaps: one, all pods in one namespace":
            one = fleet
        elif name.startswith("ConfigMaps: one in each"):
            found[name] = (fleet, one * float(re.findall(r"\d+", name)[0]))
        elif pod is not None:
            found[name] = (fleet, pod * pods)
            if node is not None:
                found[f"{name}, a node"] = (node, pod * per_node)
        else:
            found[name] = (fleet, node * nodes)
    return found


def test_the_page_on_scale_is_multiplied_rightly() -> None:
    """Within what three digits leave open."""
    found = products(scale_table())
    assert len(found) > 30
    assert {name: pair for name, pair in found.items() if pair[0] != pytest.approx(pair[1], rel=0.011)} == {}


def test_a_wrong_product_is_found() -> None:
    line = next(line for line in scale_table().splitlines() if line.startswith("| page tables"))
    cells = line.split("|")
    cells[4] = " 1 KiB "
    pair = products(scale_table().replace(line, "|".join(cells)))["page tables"]
    assert pair[0] != pytest.approx(pair[1], rel=0.011)
