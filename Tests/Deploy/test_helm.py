"""The library chart, rendered by Helm 4 and Helm 3 for a chart that uses it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import checks
import pytest
import yaml
from kube import DEPLOY, RELEASES, Object, Rendering, documents, helm, knell, knell_container, run, tool
from renderings import HELM_VARIANTS

RELEASE = pytest.mark.parametrize("release", RELEASES)


def rendered(*arguments: str, release: str) -> dict[str, Object]:
    return {item["kind"]: item for item in documents(helm("template", *arguments, release=release).stdout)}


def spec(objects: dict[str, Object]) -> Object:
    return objects["Job"]["spec"]["template"]["spec"]


def test_both_majors_of_helm_are_tried() -> None:
    majors = {run(tool("helm", release), "version", "--template", "{{.Version}}").stdout[:2] for release in RELEASES}
    assert majors == {"v4", "v3"}


@RELEASE
@pytest.mark.parametrize("chart", ["knell", "example"])
def test_the_charts_are_clean(chart: str, release: str) -> None:
    helm("lint", "--strict", chart=chart, release=release)


@RELEASE
def test_knell_stands_behind_the_main_container(release: str) -> None:
    pod = spec(rendered(release=release))
    assert [container["name"] for container in pod["containers"]] == ["main", "knell"]
    assert "initContainers" not in pod


@RELEASE
def test_knell_is_a_native_sidecar_where_the_values_say_so(release: str) -> None:
    pod = spec(rendered(*HELM_VARIANTS["native"], release=release))
    assert [container["name"] for container in pod["containers"]] == ["main"]
    (sidecar,) = pod["initContainers"]
    assert (sidecar["name"], sidecar["restartPolicy"]) == ("knell", "Always")


@RELEASE
def test_nothing_of_knell_is_rendered_where_it_is_not_enabled(release: str) -> None:
    output = helm("template", "--set", "knell.enabled=false", release=release).stdout
    assert "knell" not in output
    assert "shareProcessNamespace" not in output


@RELEASE
def test_values_reach_the_container(release: str) -> None:
    other = knell_container(spec(rendered(*HELM_VARIANTS["other user and image"], release=release)))
    assert other["image"] == "registry.example.org/tools/knell:9.9.9"
    assert other["imagePullPolicy"] == "Always"
    assert (other["securityContext"]["runAsUser"], other["securityContext"]["runAsGroup"]) == (10001, 10001)
    more = knell_container(spec(rendered(*HELM_VARIANTS["more"], release=release)))
    assert more["args"] == ["run", "--log-level", "warning"]
    assert [mount["mountPath"] for mount in more["volumeMounts"]] == ["/etc/knell", "/again"]
    assert "resources" not in more


@RELEASE
def test_a_large_user_id_is_no_floating_point_number(release: str, tmp_path: Path) -> None:
    """Helm reads the numbers of a file of values as such."""
    values = tmp_path / "values.yaml"
    values.write_text("knell: {runAsUser: 1000680000}")
    # As text: read, 1.00068e+09 is the same number.
    assert "runAsUser: 1000680000\n" in helm("template", "--values", str(values), release=release).stdout


@RELEASE
def test_a_configmap_of_ones_own_is_mounted_and_none_is_made(release: str) -> None:
    objects = rendered("--set", "knell.existingConfigMap=mine,knell.configuration=", release=release)
    assert set(objects) == {"Job"}
    assert spec(objects)["volumes"] == [{"name": "knell", "configMap": {"name": "mine"}}]


@RELEASE
def test_the_configmap_holds_the_text_and_is_named_by_it(release: str) -> None:
    values = yaml.safe_load((DEPLOY / "helm/example/values.yaml").read_text())
    first = rendered(release=release)["ConfigMap"]
    assert first["data"]["knell.yaml"] == values["knell"]["configuration"]
    assert first["immutable"] is True
    other = ("--set-file", f"knell.configuration={DEPLOY / 'kustomize/examples/native/knell.yaml'}")
    objects = rendered(*other, release=release)
    assert objects["ConfigMap"]["metadata"]["name"] != first["metadata"]["name"]
    checks.check_configuration(Rendering("helm", list(objects.values())))


@RELEASE
@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("knell.nativ=true", "nativ"),
        ("knell.native=maybe", "native"),
        ("knell.runAsUser=0", "runAsUser"),
        ("knell.image.repository=", "repository"),
        ("knell.configuration=", "give configuration, the text of knell.yaml, or existingConfigMap"),
        ("knell.existingConfigMap=mine", "give either configuration or existingConfigMap, not both"),
    ],
)
def test_values_that_do_not_do_are_refused(value: str, complaint: str, release: str) -> None:
    result = helm("template", "--set", value, release=release, check=False)
    assert result.returncode != 0
    assert complaint in result.stderr


def test_a_chart_that_is_not_clean_is_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    broken = tmp_path_factory.mktemp("chart")
    (broken / "Chart.yaml").write_text("apiVersion: v2\nname: broken\n")
    assert run(tool("helm"), "lint", "--strict", str(broken), check=False).returncode != 0


@RELEASE
def test_the_configmap_of_the_former_release_stays(release: str) -> None:
    """Helm deletes what an upgrade no longer names, and pods that are there still name it."""
    assert rendered(release=release)["ConfigMap"]["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}


@RELEASE
def test_the_tag_is_the_charts_version(release: str, tmp_path: Path) -> None:
    shutil.copytree(DEPLOY / "helm", tmp_path, dirs_exist_ok=True)
    chart = tmp_path / "knell/Chart.yaml"
    chart.write_text(re.sub(r"^appVersion: .*", "appVersion: 9.9.9", chart.read_text(), flags=re.MULTILINE))
    run(tool("helm", release), "dependency", "build", str(tmp_path / "example"))
    output = run(tool("helm", release), "template", "nightly", str(tmp_path / "example")).stdout
    assert 'image: "registry.example.org/tools/knell:9.9.9"\n' in output


def test_the_versions_agree() -> None:
    chart = yaml.safe_load((DEPLOY / "helm/knell/Chart.yaml").read_text())
    (dependency,) = yaml.safe_load((DEPLOY / "helm/example/Chart.yaml").read_text())["dependencies"]
    assert dependency["version"] == chart["version"]
    version = run(knell(), "--version").stdout.strip()
    assert (chart["version"], chart["appVersion"]) == (version, version)
