"""A fact in, who can say it out: by its kind where nobody in particular is known."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.all_facts import is_option_fact

OWNER = "the owner of the feature"
"""Where nobody else is known, and the manifest names no owner."""
_PROVIDER, _COMPLIANCE = "the provider", "whoever answers for compliance"
_ROLES: Mapping[str, str] = {
    "evidence.instructions_for_use": "the provider of the system",
    "evidence.pci_attestation": _PROVIDER,
    "evidence.practice_review": "counsel",
    "evidence.caio_determination": "the chief AI officer",
    "evidence.dpia": "the data protection officer",
    "evidence.tia": "the data protection officer",
    "evidence.ropa": "the data protection officer",
    "evidence.security_review": "whoever answers for security",
    "evidence.independent_review": "somebody outside the team",
    "evidence.model_validation": "somebody outside the team",
    "evidence.bias_audit": "an independent auditor",
    "plan.terms": "whoever signs with the provider",
    "organization": _COMPLIANCE,
    "deployment": _COMPLIANCE,
    "security": "whoever answers for security",
}
"""By the name of a fact or what it begins with. The roles are those that its meaning names; an organisation's may differ."""


def said_by(fact: str, owner: str) -> str:
    """Return who can say a fact, in words; `owner` is whom the manifest names, empty for nobody."""
    if is_option_fact(fact):
        return "whoever keeps the catalog"
    roles = (_ROLES.get(name) for name in (fact, fact.rpartition(".")[0], fact.partition(".")[0]))
    return next(filter(None, roles), owner or OWNER)
