"""`aipolicy explain --framework`: the framework that is named, the packs that speak of it, and the page of each feature."""

from __future__ import annotations

from aipolicy.catalog.frameworks import Framework, unknown_framework
from aipolicy.cli.features import report_named
from aipolicy.cli.terminal import stdout_style, stdout_width
from aipolicy.config.config_file import Config
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.errors import UsageError
from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.findings.finding import Finding
from aipolicy.frameworks.asked import Asking, FrameworkAnswer, asked_of, asking_of, asking_of_pack
from aipolicy.policy.law_words import law_of
from aipolicy.run.policy import Policy, PolicySettings, load_policy
from aipolicy.source.suggest import same_name
from aipolicy.value import NamedTuple

FORMATS = ("text", "json", "markdown")


class AskingPolicy(NamedTuple):
    """A policy that speaks of a framework."""

    settings: Config
    policy: Policy
    asking: Asking
    added: tuple[str, ...]
    """The shipped packs that are evaluated though the configuration does not name them."""


def framework_pages(name: str, subject: str, paths: tuple[str, ...], options: PolicyOptions, output_format: str) -> str:
    """Return what a framework asks of the features that are named; raises `UsageError` for an unknown framework."""
    asking_policy = policy_asking(name, options)
    policy = asking_policy.policy
    report = report_named(subject, paths, policy, asking_policy.settings)
    answers = [
        asked_of(evaluation, (f for f in report.findings if _is_on(f, evaluation)), asking_policy.asking, policy)
        for evaluation in report.evaluations
    ]
    if output_format == "json":
        from aipolicy.report.explain.framework_json import framework_json

        return "".join(framework_json(answer, policy) for answer in answers)
    return "\n".join(_page(answer, output_format, asking_policy.added, policy) for answer in answers)


def policy_asking(name: str, options: PolicyOptions) -> AskingPolicy:
    """Return the policy of a run that speaks of a framework, with its shipped pack where none is configured that does.

    Packs that the command line names are evaluated as they are. Raises `UsageError` where no rule speaks of it.
    """
    config, settings = read_settings(options)
    return asking_under(name, config, settings, may_add=not options.policies)


def asking_under(name: str, config: Config, settings: PolicySettings, *, may_add: bool) -> AskingPolicy:
    """Return the policy of settings that speaks of a framework; raises as `policy_asking`."""
    cache = Cache(cache_folder())
    policy = load_policy(settings, cache)
    frameworks = policy.catalog.frameworks
    names = sorted({*frameworks, *_packs_of_law(policy)})
    meant = same_name(name, names)
    framework = frameworks.get(meant)
    if meant not in names:
        raise UsageError(unknown_framework(name, names))
    asking = _asking(meant, framework, policy)
    packs = framework.packs if framework is not None else (meant,)
    missing = tuple(pack for pack in packs if pack not in _names(policy))
    if not asking.rules and missing and may_add:
        policy = load_policy(_beside(settings, missing), cache)
        return AskingPolicy(config, policy, _spoken(_asking(meant, framework, policy), ()), missing)
    return AskingPolicy(config, policy, _spoken(asking, missing), ())


def _beside(settings: PolicySettings, packs: tuple[str, ...]) -> PolicySettings:
    return settings._replace(packs=(*settings.packs, *packs), only_locked=False)


def _asking(name: str, framework: Framework | None, policy: Policy) -> Asking:
    if framework is not None:
        return asking_of(framework, policy.chosen_rules)
    title = next((pack.title for pack in policy.packs if pack.name == name), name)
    return asking_of_pack(name, title, policy.chosen_rules)


def _spoken(asking: Asking, missing: tuple[str, ...]) -> Asking:
    """Return a framework of which some rule speaks; raises `UsageError` where none does, with what would."""
    if asking.rules:
        return asking
    if missing:
        todo = f"add {' '.join(f'`--policy {pack}`' for pack in missing)}"
    elif asking.framework is not None and not asking.framework.packs:
        todo = "no shipped pack does; name it under `controls` of rules of your own"
    else:
        todo = "its rules are left out by `select` or `ignore`, or have no `basis`; `aipolicy rules` lists them"
    raise UsageError(f"nothing is evaluated: no rule of the run speaks of `{asking.id}`; {todo}")


def _names(policy: Policy) -> tuple[str, ...]:
    return tuple(pack.name for pack in policy.packs)


def _packs_of_law(policy: Policy) -> tuple[str, ...]:
    """Return the packs that speak of frameworks: the shipped ones, and those of the run."""
    shipped = (pack for framework in policy.catalog.frameworks.values() for pack in framework.packs)
    return (*shipped, *(rule.pack for rule in policy.chosen_rules if law_of(rule).provision))


def _is_on(finding: Finding, evaluation: Evaluation) -> bool:
    feature = evaluation.feature
    return finding.feature == feature.name and finding.file == feature.file


def _page(answer: FrameworkAnswer, output_format: str, added: tuple[str, ...], policy: Policy) -> str:
    from aipolicy.report.explain.framework_page import framework_page
    from aipolicy.report.explain.framework_text import framework_markdown, framework_text

    page = framework_page(answer, policy.catalog.as_of, added)
    if output_format == "markdown":
        return framework_markdown(page)
    return framework_text(page, width=stdout_width(), style=stdout_style())
