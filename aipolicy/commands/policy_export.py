"""What `aipolicy policy export` says: rules in force in a format of others, and what that format cannot say."""

from __future__ import annotations

from aipolicy.errors import UsageError
from aipolicy.report.packs.cel_policy import NEVER_SAID, cel_policy
from aipolicy.run.policy import Policy
from aipolicy.source.suggest import did_you_mean, same_name
from aipolicy.source.text import shown

CEL_POLICY = "cel-policy"


def exported(subject: str | None, policy: Policy) -> tuple[str, str]:
    """Return the rules in force as policies of CEL Policy, or one of them, and what is left out, in words.

    Raises `UsageError` for an unknown rule.
    """
    rules = policy.chosen_rules
    if subject is not None:
        ids = [rule.id for rule in rules]
        rule_id = same_name(subject, ids)
        rules = tuple(rule for rule in rules if rule.id == rule_id)
        if not rules:
            raise UsageError(f"unknown rule `{shown(subject)}`{did_you_mean(subject, ids)}")
    exports = {rule.id: cel_policy(rule, policy.catalog, policy.evaluator.known.specs) for rule in rules}
    text = "---\n".join(export.text for export in exports.values() if export is not None)
    unsaid = [name for name, export in exports.items() if export is None]
    unsaid += [portfolio_rule.rule.id for portfolio_rule in policy.portfolio_rules] if subject is None else []
    left = f"; left out: {', '.join(unsaid)}" if unsaid else ""
    return text, f"{CEL_POLICY} does not say everything: {NEVER_SAID}{left}"
