"""Knell's configurations, made of the keys in which they differ."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Keys = Mapping[str, Any]
"""A mapping of the configuration, under its own keys."""

PORT = 15020
"""Where the proxy's admin interface listens."""

SHUTDOWN: Keys = {"shutdown": "istio"}
CODES: Keys = {"ended": "fromTarget", "notStarted": 3, "unknown": 4}
"""Exit codes that tell how Knell saw main's end."""


def asking(port: int = PORT, **keys: Any) -> Keys:
    """The action that asks the proxy to quit, at the port of its admin interface or at another."""
    return {"http": {"url": quit_url(port)}, **keys}


def quit_url(port: int = PORT) -> str:
    return f"http://127.0.0.1:{port}/quitquitquit"


def configuration_of(*rules: Keys, **keys: Any) -> str:
    """The text of a configuration with these rules, or with the usual one, and with further keys of its top level."""
    return text({"version": 1, **keys, "rules": rules or (rule(),)})


def rule(*actions: Keys, watch: Keys | None = None, name: str = "stop-the-mesh", **keys: Any) -> Keys:
    """A rule that watches main and has these actions; without any, it is the usual one and shuts the mesh down."""
    keys.setdefault("exitCode", CODES)
    return {"name": name, "watch": watch or watching(startTimeout="5m"), "actions": actions or (SHUTDOWN,), **keys}


def watching(*names: str, **keys: Any) -> Keys:
    """What a rule watches: processes with these names, or main's."""
    return {"processes": [{"name": name} for name in names or ("^report$",)], **keys}


def text(value: Keys) -> str:
    """YAML in block style, as people write it."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: object) -> list[str]:
    # A scalar of JSON is one of YAML.
    if isinstance(value, Mapping):
        return [line for key, item in value.items() for line in _entry(key, _lines(item), _is_block(item))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [line for item in value for line in _item(_lines(item))]
    return [json.dumps(value)]


def _is_block(value: object) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str)


def _entry(key: str, lines: list[str], block: bool) -> list[str]:
    return [f"{key}:", *(f"  {line}" for line in lines)] if block else [f"{key}: {lines[0]}"]


def _item(lines: list[str]) -> list[str]:
    first, *others = lines
    return [f"- {first}", *(f"  {line}" for line in others)]
