"""`aipolicy new rule`: writes a rule with its examples into a pack, runs them, and says what to do next."""

from __future__ import annotations

import shlex

import click

from aipolicy.authoring.new_rule import NewRule, write_rule
from aipolicy.authoring.template import MARK, RuleDraft
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.config_file import CONFIG_FILE, read_config
from aipolicy.config.run_options import PolicyOptions
from aipolicy.config.settings import SEVERITIES
from aipolicy.errors import EXIT_CLEAN, EXIT_FINDINGS
from aipolicy.findings.finding import Severity
from aipolicy.policy.rule import RuleKind
from aipolicy.policy.sources.lock import LOCK_COMMAND
from aipolicy.report.packs.rule_tests_text import render_test_run
from aipolicy.source.regular_file import shown_path


@click.command("rule")
@click.argument("rule_id", metavar="ID")
@click.option(
    "--pack", metavar="FOLDER|FILE", help="The pack; one that is not there is begun. Default: the configured one."
)
@click.option("--name", help="The offence in kebab-case, such as `data-leaves-the-region`.")
@click.option("--title", help="What must hold, as one sentence.")
@click.option("--kind", type=click.Choice([kind.value for kind in RuleKind]), default=RuleKind.CONSTRAINT.value,
              show_default=True, help="A constraint removes options; a duty is something to be done or shown.")  # fmt: skip
@click.option("--severity", type=click.Choice(list(SEVERITIES)), default=Severity.ERROR.value, show_default=True)
@click.option("--config", metavar="FILE", help="Configuration file instead of the nearest aipolicy.toml.")
def command(rule_id: str, pack: str | None, name: str | None, title: str | None, kind: str, severity: str,
            config: str | None) -> None:  # fmt: skip
    """Write a new rule with its examples into a pack, and run them.

    ID is like `DATA-001`. The rule goes into the file of the pack that holds others of its prefix, else into a new one;
    everything else stays as it is. It is a template that loads and whose examples hold: replace what it marks TODO.
    """
    draft = RuleDraft(
        id=rule_id, name=name or f"{rule_id.lower()}-to-be-named", title=title or f"{MARK}: what must hold, as one sentence",
        kind=RuleKind(kind), severity=Severity(severity),
    )  # fmt: skip
    written = write_rule(draft, pack, read_config(config, "."), PolicyOptions(config, (), None, (), ()))
    ran = render_test_run(written.tests, width=stdout_width(), style=stdout_style(), show_coverage=False)
    write_out(f"wrote {rule_id} to {shown_path(written.place)}\n{ran}\n{_next(written)}")
    raise click.exceptions.Exit(EXIT_FINDINGS if written.tests.failed else EXIT_CLEAN)


def _next(written: NewRule) -> str:
    """Return what to do after a rule was written."""
    pack = shown_path(written.pack)
    argument = shlex.quote(pack if "/" in pack else f"./{pack}")
    steps = [
        f"replace what is marked {MARK} in {shown_path(written.place)}; `aipolicy schema` prints the facts of manifests",
        f"aipolicy test --policy {argument}",
        f"aipolicy lint-policy {argument}",
    ]
    if not written.is_configured:
        steps.append(f"add the pack to `policies` in {CONFIG_FILE}, so that `aipolicy check` evaluates it")
    if written.is_locked:
        steps.append(f"{LOCK_COMMAND.strip('`')}, once the rule is reviewed")
    return "next:\n" + "".join(f"  {step}\n" for step in steps)
