"""A rule in, the page that explains it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from rich.text import Text

from aipolicy.facts.value_text import exact_value
from aipolicy.findings.reserved_rules import PACK_PREFIX, ReservedRule
from aipolicy.policy.law_words import law_facts
from aipolicy.policy.portfolio_rule import PortfolioRule, PortfolioTest
from aipolicy.policy.rule import Line, Rule, RuleScope, RuleTest
from aipolicy.policy.stages import coming_words
from aipolicy.report.packs.legs_words import legs_words
from aipolicy.report.terminal.condition_values import one_line
from aipolicy.report.terminal.drawing import Screen, aligned, listed, said, stacked
from aipolicy.report.terminal.style import Role, Styler


def render_rule(rule: Rule | PortfolioRule | ReservedRule, *, width: int, style: Styler, day: date) -> str:
    """Return a rule with its stages, reason, fix, conditions, parameters, references and examples, as on a day."""
    screen = Screen(width, style)
    match rule:
        case ReservedRule():
            _reserved(screen, rule)
        case PortfolioRule():
            _reasons(screen, rule.rule, "portfolio", day)
            _lines(screen, "over features where", rule.over)
            _text(screen, "for each", rule.group_by.text if rule.group_by is not None else "")
            screen.section("measures", aligned((measure.name, one_line(measure.text)) for measure in rule.measures))
            _conditions(screen, rule.rule, rule.tests)
        case Rule():
            _reasons(screen, rule, rule.kind.value, day)
            _conditions(screen, rule, rule.tests)
    return screen.result()


def standing(rule: Rule, day: date) -> str:
    """Return how far a rule has come on a day and what becomes of it, in words."""
    stage = rule.stage_on(day)
    severity = rule.severity_on(day)
    words = "not evaluated" if severity is None else severity.value
    coming = coming_words(rule.stages, rule.severity, day)
    return f"{stage.value}, {words}" + (f"; {coming}" if coming else "")


def _reserved(screen: Screen, rule: ReservedRule) -> None:
    about = "about manifests and plans themselves; always checked"
    if rule.id.startswith(PACK_PREFIX):
        about = "about packs themselves; checked by `aipolicy lint-policy`"
    _head(screen, rule, [("kind", f"{rule.severity.value}, {about}")])
    _text(screen, "why", rule.why)
    _text(screen, "fix", rule.fix)


def _reasons(screen: Screen, rule: Rule, kind: str, day: date) -> None:
    scope = " on plans" if rule.scope is RuleScope.PLAN else ""
    facts: list[tuple[str, str | Text]] = [
        ("kind", f"{kind}{scope}, {rule.severity.value}"),
        *((("legs", legs_words(rule)),) if rule.option_reads else ()),
        ("pack", rule.pack),
    ]
    if any(rule.stages):
        facts.append(("stage", stacked(*_stages(rule), f"on {day.isoformat()}: {standing(rule, day)}")))
    facts += law_facts(rule, day)
    _head(screen, rule, facts)
    screen.verbatim(f"defined at {rule.defined_at}")
    for heading, text in (("why", rule.why), ("fix", rule.fix), ("message", rule.message)):
        _text(screen, heading, text)


def _conditions(screen: Screen, rule: Rule, tests: Iterable[RuleTest | PortfolioTest]) -> None:
    for scope in rule.shared:
        _lines(screen, f"all of {one_line(scope.title)} applies when", scope.when)
    _lines(screen, "applies when", rule.own_when)
    _lines(screen, "requires", rule.plain_require)
    for requirement in rule.requirements:
        words = (("message", requirement.message), ("fix", requirement.fix))
        said_of_it = (f"{key}: {one_line(text)}" for key, text in words if text)
        screen.section(f"requires {requirement.name}", listed([stacked(one_line(requirement.line.text), *said_of_it)]))
    screen.section("must be declared", listed(rule.must_declare))
    parameters = ((name.removeprefix("params."), exact_value(value, str)) for name, value in rule.parameters.items())
    screen.section("parameters", aligned(parameters))
    references = (stacked(*filter(None, (f"{ref.title} {ref.clause}".strip(), ref.url))) for ref in rule.references)
    screen.section("references", listed(references))
    screen.section("examples", aligned((test.expect.value, test.name) for test in tests))


def _head(screen: Screen, rule: Rule | ReservedRule, facts: Iterable[tuple[str, str | Text]]) -> None:
    screen.add(said(f"{rule.id} {rule.name}", Role.STRONG))
    screen.add(said(rule.title))
    screen.add(said(""))
    screen.add(aligned(facts))


def _stages(rule: Rule) -> Iterator[str]:
    announced, warning, from_, until = rule.stages
    if announced is not None:
        yield f"announced from {announced.isoformat()}; not evaluated before, a note at most then"
    if warning is not None:
        yield f"a warning at most from {warning.isoformat()}"
    if from_ is not None:
        alone = announced is None and warning is None
        yield f"in force from {from_.isoformat()}" + ("; a warning before" if alone else "")
    if until is not None:
        yield f"in force until {until.isoformat()}"


def _text(screen: Screen, heading: str, text: str) -> None:
    screen.section(heading, said(" ".join(text.split())))


def _lines(screen: Screen, heading: str, lines: Iterable[Line]) -> None:
    """Add conditions, each with its variables written out below where it has some."""
    texts = (filter(None, (line.text, line.expanded and f"that is: {line.expanded}")) for line in lines)
    screen.section(heading, listed(stacked(*map(one_line, text)) for text in texts))
