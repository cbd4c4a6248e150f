"""Does with a pod what the admission policies say, by Google's own implementation of CEL.

The types come from the schema of Kubernetes: `Object.spec.containers{…}` is a message with exactly the fields that a
container has, so that a misspelt one is an error. (The API server is laxer there, it takes any field of `Object`.)
"""

from __future__ import annotations

import copy
import functools
import json
import re
from importlib import resources
from typing import Any

import jsonpatch
from cel_expr_python import cel
from cel_expr_python.ext import ext_optional, ext_strings
from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    struct_pb2,
    wrappers_pb2,
)
from google.protobuf.message import Message
from kube import Object

Field = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "string": Field.TYPE_STRING,
    "boolean": Field.TYPE_BOOL,
    "integer": Field.TYPE_INT64,
    "number": Field.TYPE_DOUBLE,
}
#: These two lists also put the types into the pool, where results look them up.
WRAPPERS = (wrappers_pb2.BoolValue, wrappers_pb2.StringValue, wrappers_pb2.Int64Value, wrappers_pb2.DoubleValue)
STRUCTURES = (struct_pb2.ListValue, struct_pb2.Struct, struct_pb2.Value)


class _Types:
    """Messages for a kind and everything in it: one for each path, such as Object_spec_containers."""

    def __init__(self, kind: str, version: str) -> None:
        folder = resources.files("kubernetes_validate") / f"kubernetes-json-schema/v{version}.0-local-strict"
        self._definitions = json.loads((folder / "_definitions.json").read_text())["$defs"]
        self._file = descriptor_pb2.FileDescriptorProto(name=f"{kind}.{version}.proto", syntax="proto2")
        self._file.dependency.append("google/protobuf/any.proto")
        self._add_message("Object", self._definitions[kind])
        patch = self._file.message_type.add(name="JSONPatch")
        for number, name in enumerate(("op", "path", "from"), 1):
            patch.field.add(name=name, number=number, label=Field.LABEL_OPTIONAL, type=Field.TYPE_STRING)
        patch.field.add(
            name="value",
            number=4,
            label=Field.LABEL_OPTIONAL,
            type=Field.TYPE_MESSAGE,
            type_name=".google.protobuf.Any",
        )
        self.pool = descriptor_pool.Default()
        self.pool.Add(self._file)

    def _resolved(self, schema: Object) -> Object:
        while "$ref" in schema:
            schema = self._definitions[schema["$ref"].split("/")[-1]]
        return schema

    @staticmethod
    def _type(schema: Object) -> str:
        """The JSON type; quantities and numbers of ports, which are of several, count as text."""
        types = schema.get("type", "string" if "oneOf" in schema else "object")
        types = [types] if isinstance(types, str) else [name for name in types if name != "null"]
        return types[0] if len(types) == 1 else "string"

    def _add_message(self, name: str, schema: Object) -> None:
        message = self._file.message_type.add(name=name)
        for number, (key, value) in enumerate(sorted(schema.get("properties", {}).items()), 1):
            field = message.field.add(name=key, number=number, label=Field.LABEL_OPTIONAL)
            schema_of_value = self._resolved(value)
            if self._type(schema_of_value) == "array":
                field.label = Field.LABEL_REPEATED
                schema_of_value = self._resolved(schema_of_value["items"])
            kind = self._type(schema_of_value)
            if kind in SCALARS:
                field.type = SCALARS[kind]
            elif "properties" in schema_of_value:
                field.type, field.type_name = Field.TYPE_MESSAGE, f".{name}_{key}"
                self._add_message(f"{name}_{key}", schema_of_value)
            else:
                self._make_map(message, field)

    @staticmethod
    def _make_map(message: descriptor_pb2.DescriptorProto, field: Field) -> None:
        """Text by text, such as labels and quantities: what a pod has of maps."""
        entry = message.nested_type.add(name=field.name[:1].upper() + field.name[1:] + "Entry")
        entry.options.map_entry = True
        for number, name in ((1, "key"), (2, "value")):
            entry.field.add(name=name, number=number, label=Field.LABEL_OPTIONAL, type=Field.TYPE_STRING)
        field.label, field.type = Field.LABEL_REPEATED, Field.TYPE_MESSAGE
        field.type_name = f".{message.name}.{entry.name}"


@functools.cache
def _types(kind: str = "io.k8s.api.core.v1.Pod", version: str = "1.37") -> _Types:
    return _Types(kind, version)


def _flat(expression: str) -> str:
    """Protocol buffers do not let a type stand in a type beside a field of that name, so the dots of types go."""
    return re.sub(r"\bObject((?:\.\w+)+)\{", lambda match: "Object" + match[1].replace(".", "_") + "{", expression)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, any_pb2.Any):
        name = value.TypeName()
        message = message_factory.GetMessageClass(_types().pool.FindMessageTypeByName(name))()
        value.Unpack(message)
        return _plain(message)
    if type(value).__name__ in {wrapper.__name__ for wrapper in WRAPPERS}:
        return value.value
    if type(value).__name__ in {structure.__name__ for structure in STRUCTURES}:
        return json_format.MessageToDict(value)
    if isinstance(value, Message):
        return {field.name: _plain_field(field, content) for field, content in value.ListFields()}
    return value


def _plain_field(field: Any, content: Any) -> Any:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return dict(content)
    return [_plain(item) for item in content] if field.is_repeated else _plain(content)


def _selects(selector: Object | None, labels: dict[str, str]) -> bool:
    """Whether a label selector takes these labels."""
    selector = selector or {}
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for requirement in selector.get("matchExpressions", []):
        value = labels.get(requirement["key"])
        holds = {
            "Exists": value is not None,
            "DoesNotExist": value is None,
            "In": value in requirement.get("values", []),
            "NotIn": value not in requirement.get("values", []),
        }
        if not holds[requirement["operator"]]:
            return False
    return True


class Policy:
    """The spec of a mutating or a validating admission policy, or of Kyverno's, which have the same parts."""

    def __init__(self, spec: Object) -> None:
        self._spec = spec
        self._extensions = [ext_optional.ExtOptional(), ext_strings.ExtStrings()]
        # With the object's own type first: that finds misspelt fields in everything that reads it.
        self._compiled = self._compile(cel.Type("Object"))
        self._compiled = self._compile(cel.Type.DYN)

    def _compile(self, object_type: cel.Type) -> dict[str, cel.Expression]:
        types = {"object": object_type}

        def compiled(expression: str) -> cel.Expression:
            environment = cel.NewEnv(_types().pool, variables=types, extensions=self._extensions)
            return environment.compile(_flat(expression))

        expressions = {}
        # Conditions come before the variables and cannot use them.
        for condition in self._spec.get("matchConditions", []):
            expressions[f"condition {condition['name']}"] = compiled(condition["expression"])
        for variable in self._spec.get("variables", []):
            expressions[f"variables.{variable['name']}"] = expression = compiled(variable["expression"])
            types[f"variables.{variable['name']}"] = expression.return_type()
        for index, validation in enumerate(self._spec.get("validations", [])):
            expressions[f"validation {index}"] = expression = compiled(validation["expression"])
            assert expression.return_type() == cel.Type.BOOL
        for index, mutation in enumerate(self._spec.get("mutations", [])):
            expressions[f"mutation {index}"] = expression = compiled(mutation["jsonPatch"]["expression"])
            assert expression.return_type() == cel.Type.List(cel.Type("JSONPatch"))
        return expressions

    def matches(self, pod: Object, namespace: str = "default") -> bool:
        """Whether the policy is about the pod, as it is created."""
        constraints = self._spec["matchConstraints"]
        in_namespace = _selects(constraints.get("namespaceSelector"), {"kubernetes.io/metadata.name": namespace})
        return (
            in_namespace
            and _selects(constraints.get("objectSelector"), pod["metadata"].get("labels", {}))
            and all(
                expression.eval(data={"object": pod}).plain_value()
                for name, expression in self._compiled.items()
                if name.startswith("condition ")
            )
        )

    def patches(self, pod: Object) -> list[list[Object]]:
        """The JSON patch of each mutation."""
        data: dict[str, Any] = {"object": pod}
        patches = []
        for name, expression in self._compiled.items():
            if name.startswith("condition "):
                continue
            value = expression.eval(data=data)
            if value.type() == cel.Type.ERROR:
                raise ValueError(f"{name}: {value.value()}")
            if name.startswith("variables."):
                data[name] = value.plain_value()
            else:
                patches.append([_plain(operation) for operation in value.plain_value()])
        return patches

    def refusal(self, pod: Object, namespace: str = "default") -> str | None:
        """The message with which the pod is refused: that of the first validation that does not hold."""
        if self.matches(pod, namespace):
            for index, validation in enumerate(self._spec["validations"]):
                value = self._compiled[f"validation {index}"].eval(data={"object": pod})
                if value.type() == cel.Type.ERROR:
                    raise ValueError(f"validation {index}: {value.value()}")
                if not value.plain_value():
                    return validation["message"]
        return None

    def applied(self, pod: Object, namespace: str = "default") -> Object:
        """The pod as it comes out of admission."""
        pod = copy.deepcopy(pod)
        if self.matches(pod, namespace):
            for patch in self.patches(pod):
                pod = jsonpatch.apply_patch(pod, patch)
        return pod
