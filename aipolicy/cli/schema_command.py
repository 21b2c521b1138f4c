"""`aipolicy schema`: the JSON Schemas that ship with aipolicy, that of manifests with what policy packs add to it."""

from __future__ import annotations

import json

import click

from aipolicy.cli.policy_options import load
from aipolicy.cli.terminal import write_out
from aipolicy.config.config_file import read_config
from aipolicy.config.policy_options import PolicyOptions
from aipolicy.files.shipped import shipped_path

_SCHEMAS = {
    "manifest": "aifeature.v1.json", "report": "report.v2.json", "explanation": "explanation.v2.json",
    "mapping": "mapping.v1.json", "pack": "pack.v1.json", "tests": "tests.v1.json", "waivers": "waivers.v1.json",
    "config": "config.v1.json",
}  # fmt: skip


@click.command("schema")
@click.argument("which", type=click.Choice(list(_SCHEMAS)), default="manifest", metavar=f"[{'|'.join(_SCHEMAS)}]")
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
@click.option("--policy", "policies", multiple=True, metavar="PACK", help="A shipped pack or a path; repeatable.")
def command(which: str, config: str | None, policies: tuple[str, ...]) -> None:
    """Print the JSON Schema of manifests, of the JSON report, of explanations, or of a file that people write.

    Those of packs, tests, waivers, mappings and the configuration are for editors; the program itself says more.
    That of manifests has the section `extensions` where the configured packs, or those named, declare facts.
    """
    with open(shipped_path("schemas", _SCHEMAS[which]), encoding="utf-8") as file:
        text = file.read()
    if which == "manifest":
        text = _extended(config, policies) or text
    write_out(text)


def _extended(config: str | None, policies: tuple[str, ...]) -> str:
    """Return the manifest schema with what packs add to it; empty where they add nothing."""
    if not policies and read_config(config, ".").path is None:
        return ""  # the default pack, which adds nothing
    _, policy = load(PolicyOptions(config, policies, None, (), ()))
    extensions = policy.evaluator.known.extensions_schema
    if not extensions:
        return ""
    from aipolicy.manifest.conformance import schema_with

    # NOTE: without the id, so that no editor takes it for the shipped one.
    schema = {key: value for key, value in schema_with(extensions).items() if key != "$id"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
