"""What `aipolicy schema` prints: the JSON Schemas that ship, that of manifests with what policy packs add to it."""

from __future__ import annotations

import json
from collections.abc import Callable

from aipolicy.files.shipped import shipped_path
from aipolicy.run.policy import Policy

MANIFEST = "manifest"
SCHEMAS = {
    MANIFEST: "aifeature.v1.json", "report": "report.v2.json", "explanation": "explanation.v2.json",
    "mapping": "mapping.v1.json", "pack": "pack.v1.json", "tests": "tests.v1.json", "waivers": "waivers.v1.json",
    "config": "config.v1.json",
}  # fmt: skip
"""The schemas by name, with their files in `schemas/`."""


def schema_text(name: str, policy: Callable[[], Policy | None]) -> str:
    """Return a schema; `policy` is asked for the packs that add to that of manifests, None where none does."""
    if name == MANIFEST:
        adding = policy()
        extensions = None if adding is None else adding.evaluator.known.extensions_schema
        if extensions:
            return _extended(extensions)
    with open(shipped_path("schemas", SCHEMAS[name]), encoding="utf-8") as file:
        return file.read()


def _extended(extensions: str) -> str:
    from aipolicy.manifest.conformance import schema_with

    # NOTE: without the id, so that no editor takes it for the shipped one.
    schema = {key: value for key, value in schema_with(extensions).items() if key != "$id"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
