"""Configurations, as JSON, which YAML takes too."""

import json
from typing import Any

Mapping = dict[str, Any]

# A rule's codes, each of which says by itself what has happened: the target's own, 5, or 4.
CODES: Mapping = {"ended": "fromTarget", "actionFailed": 5, "notStarted": 4}
# For what comes back later: attempts for some ten seconds.
PERSISTENT: Mapping = {"retry": {"attempts": 100, "delay": "50ms", "maxDelay": "100ms"}}


def rule(
    name: str, *targets: str, actions: list[Mapping] | None = None, watch: Mapping | None = None, **keys: Any
) -> Mapping:
    """A rule that watches the processes of these whole names."""
    processes = [{"name": f"^{target}$"} for target in targets]
    return {"name": name, "watch": {"processes": processes, **(watch or {})}, "actions": actions or [], **keys}


def document(*rules: Mapping, **top: Any) -> str:
    """A whole configuration."""
    return json.dumps({"version": 1, **top, "rules": list(rules)})


def post(url: str, timeout: str = "20s", **keys: Any) -> Mapping:
    """An action that makes a request; the timeout is for a loaded machine."""
    http = {key: keys.pop(key) for key in ("body", "whenDropped", "whenRefused", "headers") if key in keys}
    return {"http": {"url": url, **http}, "timeout": timeout, "retry": {"attempts": 1}, **keys}


def usual(target: str, url: str, watch: Mapping | None = None, **top: Any) -> str:
    """The main job: when the target has ended, one request, and the target's own code."""
    return document(rule("r", target, actions=[post(url)], watch=watch, exitCode=CODES), **top)
