"""Reads Kyverno's policies by the classes that are generated from its resource definitions.

The generated file wants the package around it, whose newest release asks for a Python that Debian does not have. What it
takes from there is little: base classes, for which those below stand in. They refuse a key that the definitions lack.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
import types
import typing
from pathlib import Path

import pydantic
from kube import Object


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")


class _Metadata(pydantic.BaseModel):
    """Object metadata, which is Kubernetes' own and checked elsewhere."""

    model_config = pydantic.ConfigDict(extra="allow")

    class Builder:
        """Named by annotations only."""

    class BuilderContext:
        """Named by annotations only."""


class _Generic:
    """A base class that takes parameters."""

    def __class_getitem__(cls, _parameters: object) -> type:
        return cls


_STAND_INS: dict[str, dict[str, object]] = {
    "cloudcoil": {},
    "cloudcoil.apimachinery": {"ObjectMeta": _Metadata},
    "cloudcoil.pydantic": {
        "UNSET": None,
        "BaseModel": _Strict,
        "BaseBuilder": object,
        "BaseModelBuilder": object,
        "BuilderContextBase": _Generic,
        "GenericListBuilder": _Generic,
        "ListBuilderContext": _Generic,
        "Never": typing.NoReturn,
        "Self": typing.Any,
    },
    "cloudcoil.resources": {"Resource": _Strict},
}


@functools.cache
def _models() -> types.ModuleType:
    for name, attributes in _STAND_INS.items():
        module = types.ModuleType(name)
        module.__dict__.update(attributes)
        sys.modules[name] = module
    file = Path(os.environ["KNELL_DEPLOY_TOOLS"]) / "kyverno" / "policies_v1.py"
    spec = importlib.util.spec_from_file_location("kyverno_policies_v1", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def check_kyverno(policy: Object) -> None:
    """The policy has no key and no value that the resource definition does not know; raises otherwise."""
    assert policy["apiVersion"] == "policies.kyverno.io/v1"
    getattr(_models(), policy["kind"]).model_validate(policy)
