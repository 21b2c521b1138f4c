"""What `aipolicy policy show` says: packs in layer order, rules and parameters in force, and who set what."""

from __future__ import annotations

from aipolicy.commands.console import Console
from aipolicy.errors import UsageError
from aipolicy.report.packs.effective_policy import effective_policy, only
from aipolicy.run.policy import Policy
from aipolicy.source.suggest import did_you_mean, same_name
from aipolicy.source.text import shown


def policy_shown(subject: str | None, policy: Policy, output_format: str, console: Console) -> str:
    """Return what is in force, of a rule or a parameter alone where one is named; raises `UsageError` for neither."""
    effective = effective_policy(policy)
    if subject is not None:
        names = [*(rule.rule.id for rule in effective.rules), *(parameter.name for parameter in effective.parameters)]
        alone = only(effective, same_name(subject, names))
        if alone is None:
            hint = did_you_mean(subject, (*names, *(name.partition(".")[2] for name in names)))
            raise UsageError(f"unknown rule or parameter `{shown(subject)}`{hint}")
        effective = alone
    if output_format == "json":
        from aipolicy.report.packs.policy_json import render_policy_json

        return render_policy_json(effective)
    from aipolicy.report.packs.policy_text import render_policy

    return render_policy(effective, width=console.width, style=console.style, alone=subject is not None)
