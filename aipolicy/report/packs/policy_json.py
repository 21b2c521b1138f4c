"""The effective policy in, JSON out (`schemas/policy.v1.json`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from aipolicy import __version__
from aipolicy.facts.spec import FactValue
from aipolicy.policy.layers.origins import CONFIGURATION, ParameterOrigin, RuleOrigin
from aipolicy.report.formats.json_text import json_text
from aipolicy.report.packs.effective_policy import EffectiveParameter, EffectivePolicy, EffectiveRule

POLICY_SCHEMA = "aipolicy/policy/v1"


def render_policy_json(policy: EffectivePolicy) -> str:
    """Return the policy as JSON, ending with a newline."""
    return json_text(
        {
            "schema": POLICY_SCHEMA,
            "tool": {"name": "aipolicy", "version": __version__},
            "as_of": policy.as_of.isoformat(),
            "digest": policy.digest,
            "packs": [
                {
                    "name": pack.name,
                    "version": pack.version,
                    "title": pack.title,
                    "path": pack.path,
                    "package": pack.package._asdict() if pack.package is not None else None,
                    "extends": list(pack.extends),
                    "loosens": list(pack.loosens),
                    "configuration_may_loosen": pack.configuration_may_loosen,
                    "rules": len(pack.all_rules),
                }
                for pack in policy.packs
            ],
            "rules": [_rule(rule) for rule in policy.rules],
            "parameters": [_parameter(parameter) for parameter in policy.parameters],
        }
    )


def _rule(effective: EffectiveRule) -> dict[str, Any]:
    rule = effective.rule
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "pack": rule.pack,
        "defined_at": rule.defined_at,
        "severity_on_day": effective.severity.value if effective.severity is not None else None,
        "stage": effective.stage.value,
        "evaluated": effective.evaluated,
        "severity": rule.severity.value,
        "announced_on": _day(rule.announced_on),
        "warning_from": _day(rule.warning_from),
        "effective_from": _day(rule.effective_from),
        "effective_until": _day(rule.effective_until),
        "origins": [_rule_origin(origin) for origin in rule.origins],
    }


def _rule_origin(origin: RuleOrigin) -> dict[str, Any]:
    return {
        "pack": origin.pack,
        "severity": origin.severity.value,
        "severity_at": origin.severity_at or None,
        "effective_from": _day(origin.effective_from),
        "effective_until": _day(origin.effective_until),
        "effective_at": origin.effective_at or None,
        "reason": origin.reason,
        "holds": origin.holds,
    }


def _parameter(effective: EffectiveParameter) -> dict[str, Any]:
    parameter = effective.parameter
    return {
        "name": effective.name,
        "type": parameter.type.value,
        "unit": parameter.unit,
        "description": parameter.description,
        "value": _plain(parameter.value),
        "default": _plain(parameter.default),
        "tightens": parameter.tightens.value or None,
        **({"tightens_entries": parameter.tightens_entries.value or None} if parameter.entries is not None else {}),
        **{
            name: bound
            for name, bound in zip(("minimum", "maximum"), parameter.bounds, strict=True)
            if bound is not None
        },
        "read_by": list(effective.read_by),
        "origins": [_parameter_origin(origin, first=origin is parameter.origins[0]) for origin in parameter.origins],
    }


def _parameter_origin(origin: ParameterOrigin, *, first: bool) -> dict[str, Any]:
    layer = "default" if first else "configuration" if origin.pack == CONFIGURATION else "pack"
    return {
        "layer": layer,
        "pack": origin.pack or None,
        "value": _plain(origin.value),
        "at": origin.place or None,
        "reason": origin.reason,
        "holds": origin.holds,
    }


def _plain(value: FactValue) -> object:
    return list(value) if isinstance(value, tuple) else value


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
