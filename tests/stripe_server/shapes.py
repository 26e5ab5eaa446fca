"""Judges what is asked and answered by Stripe's own descriptions, where `MASTHEAD_MATERIAL` names the folder with them.

Parameters and shapes: the one derived from the library's version, 2026-10-28. Required fields: Stripe's own older one.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import stripe
from jsonschema import Draft202012Validator

NEW = "stripe-2026-10-28.endive.from-sdk.openapi.json"
OLD = "stripe-2023-08-16.reduced.openapi.json"
NUMBERS = {"integer": r"^-?[0-9]+$", "number": r"^-?[0-9]+(\.[0-9]+)?$"}
LISTS = "list"
UNDESCRIBED = "/v1/balance"  # in neither description: judged by the fields of the library's own class
NAMES_OF_OTHERS = ("properties",)  # what stands in there is no word of the description itself


def folder() -> Path | None:
    """Where the descriptions are, if they are at hand."""
    material = os.environ.get("MASTHEAD_MATERIAL")
    return Path(material) / "specs" / "stripe" if material else None


@cache
def described(name: str = NEW) -> dict[str, Any]:
    """A description, as it is."""
    where = folder()
    assert where is not None
    found: dict[str, Any] = json.loads((where / name).read_text())
    return found


def enumerated(schema: str, field: str) -> list[str]:
    """The values that a field of a thing may have."""
    found = described()["components"]["schemas"][schema]["properties"][field]
    values: list[str] = found.get("enum") or found["x-open-enum"]
    return values


def wrong_with_request(method: str, path: str, asked: dict[str, Any]) -> list[str]:
    """What Stripe would not take: an unknown parameter, one of a wrong type. `path` as the description writes it."""
    if folder() is None:
        return []
    if path == UNDESCRIBED:
        return [f"{method} {path} takes no {name}" for name in asked]
    return _complaints(_of_request(method, path), asked, f"{method} {path}")


def wrong_with_answer(method: str, path: str, answer: dict[str, Any]) -> list[str]:
    """What Stripe would not answer: a wrong type or value, a required field left out."""
    if path == UNDESCRIBED:
        unknown = [name for name in answer if name not in stripe.Balance.__annotations__]
        return [f"a balance has no {name}" for name in unknown]
    if folder() is None:
        return []
    found = _complaints(_of_answer(method, path), answer, f"answer to {method} {path}")
    things = answer.get("data") if answer.get("object") == LISTS else [answer]
    return found + [complaint for thing in things or [] for complaint in _lacking(thing)]


def wrong_with_event(event: dict[str, Any]) -> list[str]:
    """The same for an event, and for the thing in it."""
    if folder() is None:
        return []
    found = _complaints(_of_schema("event"), event, f"event {event['type']}") + _lacking(event)
    thing = event["data"]["object"]
    return found + _complaints(_of_schema(thing["object"]), thing, f"in {event['type']}") + _lacking(thing)


def _lacking(thing: dict[str, Any]) -> list[str]:
    required = described(OLD)["components"]["schemas"].get(thing["object"], {}).get("required", [])
    return [f"{thing['object']}: {name} is required" for name in required if name not in thing]


def _complaints(judge: Draft202012Validator, thing: Any, where: str) -> list[str]:
    return [f"{where}: {error.json_path}: {error.message[:200]}" for error in judge.iter_errors(thing)]


@cache
def _of_request(method: str, path: str) -> Draft202012Validator:
    operation = described()["paths"][path][method.lower()]
    if method == "POST":
        schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    else:
        asked = {one["name"]: one["schema"] for one in operation["parameters"] if one["in"] == "query"}
        schema = {"type": "object", "additionalProperties": False, "properties": asked}
    return Draft202012Validator({**_rewritten(schema, True), "components": _components(True)})


@cache
def _of_answer(method: str, path: str) -> Draft202012Validator:
    schema = described()["paths"][path][method.lower()]["responses"]["200"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**_rewritten(schema, False), "components": _components(False)})


@cache
def _of_schema(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": _components(False)})


@cache
def _components(of_form: bool) -> dict[str, Any]:
    schemas = described()["components"]["schemas"].items()
    return {"schemas": {name: _rewritten(schema, of_form) for name, schema in schemas}}


def _rewritten(schema: Any, of_form: bool) -> Any:
    """OpenAPI 3.0 as JSON Schema: what may be null, today's values as all there are; in a form all is text."""
    if isinstance(schema, list):
        return [_rewritten(one, of_form) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        name: {own: _rewritten(one, of_form) for own, one in value.items()}
        if name in NAMES_OF_OTHERS
        else _rewritten(value, of_form)
        for name, value in schema.items()
    }
    values = made.pop("x-open-enum", None)
    if isinstance(values, list):
        made["enum"] = values
    if of_form and made.get("type") in NUMBERS:
        made |= {"type": "string", "pattern": NUMBERS[made["type"]]}
        made.pop("format", None)
    elif of_form and made.get("type") == "boolean":
        made |= {"type": "string", "enum": ["true", "false"]}
    if made.pop("nullable", False) is True:
        made = {"anyOf": [made, {"type": "null"}]}
    return made


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """A form with names like a[b][0] as what it means."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+", name) + (["0"] if name.endswith("[]") else [])
        inner = made
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    found: dict[str, Any] = _as_lists(made)
    return found


def _as_lists(thing: Any) -> Any:
    if not isinstance(thing, dict):
        return thing
    inside = {name: _as_lists(value) for name, value in thing.items()}
    if inside and all(name.isdigit() for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside
