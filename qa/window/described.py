"""What a call takes and gives, as JSON Schema from its types and docstring: read by OpenAPI and MCP clients."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from index.errors import UsageError

__all__ = ["Described", "described"]

_UNSEEN = ("features", "path")  # fields of values that programs do not get
_ARGUMENT = re.compile(r"^ +(\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Described:
    """A call: `arguments` and `result` are JSON Schemas of objects, which refer to their own `$defs`."""

    name: str
    purpose: str
    arguments: dict[str, Any]
    result: dict[str, Any]

    def checked(self, given: object) -> dict[str, Any]:
        """The arguments by name. Raises UsageError for a name that is not one, and for one that is missing; their
        values are checked by the call itself."""
        names = list(self.arguments["properties"])
        takes = f"{self.name} takes {', '.join(names)}" if names else f"{self.name} takes no arguments"
        if not isinstance(given, dict):
            raise UsageError(f'the arguments are a JSON object, such as {{"question": "Who won?"}}; {takes}')
        for name in given:
            if name not in names:
                raise UsageError(f"there is no argument {ascii(name)[:60]}; {takes}")
        for name in self.arguments.get("required", ()):
            if name not in given:
                raise UsageError(f"{name} is missing; {takes}")
        return given


def described(call: Callable[..., Any]) -> Described:
    """The description of a call whose docstring names each argument in a line of its own."""
    from pydantic import TypeAdapter

    said, _, arguments = (inspect.getdoc(call) or "").partition("Args:")
    meant = dict(_ARGUMENT.findall(arguments))
    hints, properties, required = get_type_hints(call), {}, []
    for name, parameter in inspect.signature(call).parameters.items():
        if name == "self":
            continue
        schema = {**TypeAdapter(hints[name]).json_schema(), "description": meant[name]}
        if parameter.default is parameter.empty:
            required.append(name)
        else:
            schema["default"] = parameter.default
        properties[name] = schema
    takes = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    gives = TypeAdapter(hints["return"]).json_schema(mode="serialization")
    _leave_out(gives)
    return Described(call.__name__, " ".join(said.split()), takes, gives)


def _leave_out(schema: Any) -> None:
    """Takes the fields that programs do not get out of a schema, at any depth."""
    if isinstance(schema, dict):
        if isinstance(properties := schema.get("properties"), dict):
            for name in _UNSEEN:
                properties.pop(name, None)
            schema["required"] = [name for name in schema.get("required", ()) if name not in _UNSEEN]
        for value in schema.values():
            _leave_out(value)
    elif isinstance(schema, list):
        for value in schema:
            _leave_out(value)
