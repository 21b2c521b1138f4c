"""The options that say which policies hold, which many commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from aipolicy.cli.terminal import keep_until_the_end
from aipolicy.config.run_options import PolicyOptions, read_settings
from aipolicy.files.cache import Cache, cache_folder

if TYPE_CHECKING:
    from aipolicy.config.config_file import Config
    from aipolicy.run.policy import Policy


def _rule_ids(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from aipolicy.cli.completion import rule_ids

    return rule_ids(context, parameter, incomplete)


def separate(words: Sequence[str]) -> tuple[str, ...]:
    """Return rules that may have been given together, with commas between them."""
    return tuple(word.strip() for text in words for word in text.split(",") if word.strip() or text == word)


def policy_options(function: Callable[..., Any]) -> Any:
    """Add the options that say which rules are evaluated, and on which day; they come as one argument, `options`."""

    @wraps(function)
    def with_options(**given: Any) -> Any:
        values = {name: given.pop(name) for name in PolicyOptions._fields}
        options = PolicyOptions(**values | {name: separate(values[name]) for name in ("select", "ignore")})
        return function(**given, options=options)

    command: Any = with_options
    for option in (
        click.option(
            "--ignore",
            multiple=True,
            metavar="RULE",
            shell_complete=_rule_ids,
            help="Leave out a rule, all that begin with it, or control:FRAMEWORK/ID.",
        ),
        click.option(
            "--select",
            multiple=True,
            metavar="RULE",
            shell_complete=_rule_ids,
            help="Evaluate only a rule, all that begin with it, or control:FRAMEWORK/ID.",
        ),
        click.option("--as-of", metavar="DATE", help="Evaluate as on this day (YYYY-MM-DD); default today, UTC."),
        click.option(
            "--policy",
            "policies",
            multiple=True,
            metavar="PACK",
            help="A shipped pack, a folder or file, package:PACK, or git+PATH@REVISION#FOLDER; repeatable.",
        ),
        click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml."),
    ):
        command = option(command)
    return command


def load(options: PolicyOptions, *, strict: bool = False) -> tuple[Config, Policy]:
    """Return the configuration and the policy of a run."""
    from aipolicy.run.policy import load_policy

    config, settings = read_settings(options)
    policy = load_policy(settings._replace(strict=settings.strict or strict), Cache(cache_folder()))
    keep_until_the_end(policy)
    return config, policy
