"""What happens to a container: it is killed and started again, and its files go away."""

import shutil
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.configuration import document, post, rule, usual
from support.endpoint import Endpoint
from support.fixtures import Judge, Lived, Tell
from support.programs import Target
from support.run import Run


@pytest.mark.parametrize("when", ["the target lives", "the target has gone"])
def test_killed_and_started_again(
    when: str, directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    configuration = usual(main.name, endpoint.url(), watch={"startTimeout": "1s"})
    first = scene.enter_context(Run(directory, configuration))
    first.wait_for("rule.watching")
    first.signal(signal.SIGKILL)
    assert first.exit_code() == -9
    gone = when != "the target lives"
    if gone:
        main.end(3)
    second = scene.enter_context(Run(directory, configuration))
    if not gone:
        second.wait_for("rule.watching")
        main.end(3)
    judged(second, 1, 4 if gone else 3, endpoint=endpoint)
    happened = (
        "it was never seen: `startTimeout` decides, the actions run, `notStarted`"
        if gone
        else "watched anew: one POST, the target's code"
    )
    tell(f"SIGKILL and a restart, {when}", "as the out-of-memory killer and the kubelet do it", happened, "60 s")


def test_the_configuration_goes_away(
    directory: Path, endpoint: Endpoint, main: Target, lived: Lived, tell: Tell
) -> None:
    place = directory / "etc"
    place.mkdir()
    (place / "knell.yaml").write_text(usual(main.name, endpoint.url()))

    def remove(run: Run) -> None:
        shutil.rmtree(place)
        run.wait_for("config.rejected")

    lived("", config_path=place / "knell.yaml", meanwhile=remove)
    tell(
        "the configuration's directory is removed",
        "while it watches",
        "`config.rejected`, the last version stays; one POST, the target's code",
        "60 s",
    )


def test_a_child_of_an_action_is_reaped(
    directory: Path, endpoint: Endpoint, main: Target, scene: ExitStack, tell: Tell, judged: Judge
) -> None:
    """Knell goes on after its actions, and leaves no zombie behind."""
    second = scene.enter_context(Target())
    runs = [{"exec": {"command": ["/bin/true"]}}] * 20
    first = rule("first", main.name, actions=runs)
    last = rule("last", second.name, actions=[post(endpoint.url())])
    run = scene.enter_context(Run(directory, document(first, last)))
    run.wait_for("rule.watching", 2)
    main.end(0)
    run.wait_for("rule.finished", rule="first")
    assert run.descendants() == []
    second.end(0)
    judged(run, 1, 0, endpoint=endpoint)
    tell("programs of actions", "20 `exec` actions, then Knell goes on", "no child is left, dead or alive", "60 s")
