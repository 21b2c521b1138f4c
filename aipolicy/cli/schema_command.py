"""`aipolicy schema`: the JSON Schemas that ship with aipolicy, that of manifests with what policy packs add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from aipolicy.cli.policy_options import load
from aipolicy.cli.terminal import write_out
from aipolicy.commands.schema import MANIFEST, SCHEMAS, schema_text
from aipolicy.config.config_file import read_config
from aipolicy.config.run_options import PolicyOptions

if TYPE_CHECKING:
    from aipolicy.run.policy import Policy


@click.command("schema")
@click.argument("which", type=click.Choice(list(SCHEMAS)), default=MANIFEST, metavar=f"[{'|'.join(SCHEMAS)}]")
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
@click.option("--policy", "policies", multiple=True, metavar="PACK", help="A shipped pack or a path; repeatable.")
def command(which: str, config: str | None, policies: tuple[str, ...]) -> None:
    """Print the JSON Schema of manifests, of the JSON report, of explanations, or of a file that people write.

    Those of packs, tests, waivers, mappings and the configuration are for editors; the program itself says more.
    That of manifests has the section `extensions` where the configured packs, or those named, declare facts.
    """
    write_out(schema_text(which, lambda: _policy(config, policies)))


def _policy(config: str | None, policies: tuple[str, ...]) -> Policy | None:
    """Return the policy whose packs may add to manifests; None for the default pack, which adds nothing."""
    if not policies and read_config(config, ".").path is None:
        return None
    return load(PolicyOptions(config, policies, None, (), ()))[1]
