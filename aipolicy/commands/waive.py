"""What `aipolicy waive --list` says: every waiver, with what became of it and the days left."""

from __future__ import annotations

from aipolicy.commands.console import Console
from aipolicy.config.scope import covers_all
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.report.packs.waiver_list import listed_waivers, render_waivers_json
from aipolicy.run.evaluated_run import check
from aipolicy.run.inputs import RunInputs
from aipolicy.run.policy import load_policy
from aipolicy.waivers.waiver import Waivers


def waivers_shown(inputs: RunInputs, output_format: str, console: Console) -> str:
    """Return every waiver of a run, and what is wrong with waivers files."""
    policy = load_policy(inputs.settings, Cache(cache_folder()), inputs.policy_files)
    report = check(inputs.files, policy)
    limits, day = (policy.waivers or Waivers()).limits, inputs.settings.as_of
    listed = listed_waivers(report, covers=covers_all(inputs.config, inputs.paths) and not report.unread)
    malformed = [finding for finding in report.findings if finding.rule_id == "WAIVER-001"]
    if output_format == "json":
        return render_waivers_json(listed, malformed, limits, day)
    from aipolicy.report.packs.waiver_text import render_waivers

    return render_waivers(listed, malformed, limits, day, width=console.width, style=console.style)
