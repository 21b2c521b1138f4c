"""What a shell completes while a command is typed."""

from __future__ import annotations

import click


def rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of rules that begin as what was typed, those about manifests included."""
    from aipolicy.commands.completions import rule_ids as ids

    return ids(context.params.get("config"), context.params.get("policies") or (), incomplete)


def feature_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of features below this folder that begin as what was typed."""
    from aipolicy.commands.completions import feature_names as names

    return names(context.params.get("config"), incomplete)


def subjects(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return what can be explained: features, then rules once something is typed that begins one."""
    return [
        *feature_names(context, parameter, incomplete),
        *(rule_ids(context, parameter, incomplete) if incomplete else ()),
    ]
