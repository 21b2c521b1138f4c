"""`aipolicy schema`: the JSON Schemas that ship with aipolicy."""

from __future__ import annotations

import click

from aipolicy.cli.settings import write_out
from aipolicy.shipped import shipped_path

_SCHEMAS = {"manifest": "aifeature.v1.json", "report": "report.v1.json"}


@click.command("schema")
@click.argument("which", type=click.Choice(list(_SCHEMAS)), default="manifest")
def command(which: str) -> None:
    """Print the JSON Schema of manifests, or of the JSON report."""
    write_out(shipped_path("schemas", _SCHEMAS[which]).read_text(encoding="utf-8"))
