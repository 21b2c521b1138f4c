"""`aipolicy waive`: writes a waiver that holds, or lists the waivers there are."""

from __future__ import annotations

from typing import Any

import click

from aipolicy.authoring.new_waiver import WaiverRequest, new_waiver
from aipolicy.cli.console import console
from aipolicy.cli.manifests import told_inputs, told_manifests
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import write_out
from aipolicy.commands.waive import waivers_shown
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.errors import UsageError


@click.command("waive")
@click.argument("subjects", nargs=-1, metavar="RULE FEATURE [PATH]...")
@click.option("--reason", help="Why the rule cannot be kept for now.")
@click.option("--owner", help="Who asks and lives with it; default `metadata.owner` of the feature.")
@click.option("--approver", help="Who approved it.")
@click.option("--ticket", default="", help="Where it was discussed.")
@click.option("--expires", metavar="DATE", help="The last day (YYYY-MM-DD, UTC).")
@click.option("--fact", default="", metavar="PATH", help="Waive only what the rule finds at this path of the manifest.")
@click.option("--while", "conditions", multiple=True, metavar="CONDITION",
              help="Holds only while this is true, such as `volume.requests_per_day <= 10000.0`; repeatable.")  # fmt: skip
@click.option("--file", "target", metavar="FILE", help="Which waivers file of the configuration; default the first.")
@click.option("--dry-run", is_flag=True, help="Print the entry and write nothing.")
@click.option("--list", "listing", is_flag=True, help="List all waivers with what became of them and the days left.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="Of the list.")
@policy_options
def command(subjects: tuple[str, ...], listing: bool, options: PolicyOptions, output_format: str, **given: Any) -> None:
    """Waive a rule for a feature, or with --list show every waiver.

    The entry is appended to the waivers file that the configuration names, with what the failure rests on today; a waiver
    that would not hold is not written. PATH is where the manifests are; without one, the current folder.
    """
    if listing:
        write_out(waivers_shown(told_inputs(subjects, options), output_format, console()))
        return
    if len(subjects) < 2:
        raise UsageError("name a rule and a feature, or ask for `--list`")
    config, settings = read_settings(options)
    request = WaiverRequest(rule=subjects[0], feature=subjects[1], **given)
    write_out(new_waiver(request, config, settings, told_manifests(subjects[2:], config).files))
