"""A rule in, its page as Markdown out: what it asks, of whom, from when, why, and how its examples come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aipolicy.facts.spec import FactValue
from aipolicy.facts.value_text import exact_value
from aipolicy.findings.finding import Reference
from aipolicy.policy.law_words import law_of
from aipolicy.policy.layers.origins import CONFIGURATION, ParameterOrigin, RuleOrigin
from aipolicy.policy.layers.tightening import Direction
from aipolicy.policy.pack import PolicyPack
from aipolicy.policy.portfolio_rule import PortfolioRule, PortfolioTest
from aipolicy.policy.reading.applies_to import APPLIES_TO
from aipolicy.policy.rule import Line, Parameter, Rule, RuleKind, RuleScope, RuleTest
from aipolicy.report.packs.legs_words import legs_words
from aipolicy.report.packs.markdown_text import code, fenced, prose, reference, table, value
from aipolicy.source.text import quantity

_KINDS = {
    RuleKind.CONSTRAINT: "constraint: says which ways of building are possible",
    RuleKind.DUTY: "duty: says what must be done",
}
_SCOPES = {
    RuleScope.OPTIONS: "options: evaluated over every option that could be built",
    RuleScope.PLAN: "plan: evaluated over the options of a plan alone",
}
_OVER_ALL = "portfolio: evaluated over all features of a run together"
_LIMIT = f"{APPLIES_TO}."

Blocks = Iterator[str]
"""Blocks of Markdown, which empty lines part."""


def rule_blocks(rule: Rule, pack: PolicyPack) -> Blocks:
    """Yield the page of a rule."""
    legs = (f"Legs: {legs_words(rule)}",) if rule.option_reads else ()
    yield from _head(rule, (f"Kind: {_KINDS[rule.kind]}", f"Scope: {_SCOPES[rule.scope]}", *legs))
    above = ((f"All of {prose(scope.title)} applies when", scope.when) for scope in rule.shared)
    yield from _conditions((*above, ("Applies when", rule.own_when), ("Requires", rule.plain_require)))
    yield from _requirements(rule)
    if rule.must_declare:
        yield from ("Must be declared:", fenced(rule.must_declare))
    yield from _body(rule, pack)
    yield from _examples(rule, pack)


def _requirements(rule: Rule) -> Blocks:
    """Yield the requirements that have words of their own."""
    for requirement in rule.requirements:
        yield from _conditions(((f"Requires {code(requirement.name)}", (requirement.line,)),))
        words = (("Message", requirement.message), ("Fix", requirement.fix))
        yield "\n".join(f"- {key}: {prose(text)}" for key, text in words if text)


def portfolio_blocks(portfolio_rule: PortfolioRule, pack: PolicyPack) -> Blocks:
    """Yield the page of a rule over all features."""
    rule = portfolio_rule.rule
    yield from _head(rule, (f"Kind: {_OVER_ALL}",), portfolio_rule.over)
    yield from _conditions((("Over features where", portfolio_rule.over),))
    if portfolio_rule.group_by is not None:
        yield from ("For each group of features by:", fenced([portfolio_rule.group_by.text]))
    if portfolio_rule.measures:
        yield from ("Measures:", fenced(f"{measure.name}: {measure.text}" for measure in portfolio_rule.measures))
    yield from _conditions((("Applies when", rule.when), ("Requires", rule.require)))
    yield from _body(rule, pack)
    yield from _portfolio_examples(portfolio_rule, pack)


def _head(rule: Rule, kind_and_scope: Iterable[str], lines: tuple[Line, ...] = ()) -> Blocks:
    yield f"# {rule.id} {prose(rule.name)}"
    yield prose(rule.title)
    facts = [f"Pack: [{code(rule.pack)}](../{rule.pack}.md)", *kind_and_scope]
    facts += [f"Severity: {rule.severity.value}", f"Stages: {stages(rule)}"]
    limits = [line.text for line in (*lines, *rule.when) if line.text.startswith(_LIMIT)]
    facts += [f"Limited to: {'; '.join(prose(text.removeprefix(_LIMIT)) for text in limits)}"] if limits else []
    facts += _law(rule)
    facts += [f"Set by {who(origin)}: {_set(origin)}" for origin in rule.origins[1:]]
    yield "\n".join(f"- {fact}" for fact in facts)


def _law(rule: Rule) -> Iterator[str]:
    """Yield what a rule says of the law behind it; pages hold on every day, so that they give days and no standing."""
    law = law_of(rule)
    if law.provision:
        superseded = f", superseded by {prose(law.superseded_by)}" if law.superseded_by else ""
        yield f"Law: {prose(law.provision)}{f' ({law.status}{superseded})' if law.status else ''}"
    if law.verified:
        checked = law.basis.checked_on if law.basis is not None else None
        yield f"Verified by: {law.verified}{f', {checked.isoformat()}' if checked is not None else ''}"
    if law.review is not None:
        yield f"Review: by {prose(law.review.by)}, shown by {' and '.join(map(code, law.review.evidence))}"
    if law.controls:
        yield f"Controls: {'; '.join(prose(str(control)) for control in law.controls)}"


def stages(rule: Rule) -> str:
    """Return the days of a rule in words."""
    announced, warning, from_, until = rule.stages
    words = [f"announced on {announced.isoformat()}"] if announced is not None else []
    words += [f"a warning from {warning.isoformat()}"] if warning is not None else []
    words += [f"in force from {from_.isoformat()}"] if from_ is not None else []
    if from_ is not None and announced is None and warning is None:
        words[-1] += ", a warning before"
    if from_ is None and (announced is not None or warning is not None):
        words.append("no day is set from which it is in force")
    words += [f"until {until.isoformat()}"] if until is not None else []
    return "; ".join(words) or "in force"


def who(origin: ParameterOrigin | RuleOrigin) -> str:
    """Return which layer set something."""
    return "the configuration" if origin.pack == CONFIGURATION else code(origin.pack)


def said(origin: RuleOrigin) -> str:
    """Return what a layer wrote of a rule: severity, days, or both."""
    words = [origin.severity.value] if origin.severity_at else []
    if origin.effective_at:
        words += [f"from {origin.effective_from.isoformat()}"] if origin.effective_from is not None else []
        words += [f"until {origin.effective_until.isoformat()}"] if origin.effective_until is not None else []
    return " ".join(words)


def set_to(what: str, origin: ParameterOrigin | RuleOrigin) -> str:
    """Return what a layer set, and whether another layer replaced it."""
    return what if origin.holds else f"{what} (replaced)"


def _set(origin: RuleOrigin) -> str:
    words = set_to(said(origin), origin)
    return f"{words}; {prose(origin.reason)}" if origin.reason else words


def _conditions(parts: Iterable[tuple[str, tuple[Line, ...]]]) -> Blocks:
    conditions = [
        (heading, shown) for heading, lines in parts
        if (shown := [line for line in lines if not line.text.startswith(_LIMIT)])
    ]  # fmt: skip
    for heading, lines in conditions:
        yield f"{heading}:"
        yield fenced(text for line in lines for text in _written_out(line))


def _written_out(line: Line) -> Iterator[str]:
    yield line.text
    if line.expanded and line.expanded != line.text:
        yield f"  // that is: {line.expanded}"


def _body(rule: Rule, pack: PolicyPack) -> Blocks:
    texts = (("Message", rule.message), ("Why", rule.why), ("Fix", rule.fix))
    for heading, text in texts:
        if text:
            yield from (f"## {heading}", prose(text))
    parameters = _read(rule, pack)
    if parameters:
        yield from ("## Parameters", parameter_table(parameters))
    if rule.references:
        yield "## References"
        yield "\n".join(f"- {reference(_titled(ref), ref.url)}" for ref in rule.references)


def _read(rule: Rule, pack: PolicyPack) -> list[Parameter]:
    return [parameter for parameter in pack.parameters if f"params.{parameter.name}" in rule.parameters]


def _titled(ref: Reference) -> str:
    return ref.title if ref.title.endswith(ref.clause) else f"{ref.title} {ref.clause}"


_STRICTER = {
    Direction.LOWER: "lower",
    Direction.HIGHER: "higher",
    Direction.FEWER: "fewer words",
    Direction.MORE: "more words",
    Direction.TRUE: "`true`",
    Direction.FALSE: "`false`",
    Direction.NONE: "no direction",
}


def parameter_table(parameters: Iterable[Parameter]) -> str:
    """Return parameters with default, value in force and source."""
    head = ("parameter", "default", "in force", "unit", "stricter", "meaning", "source")
    rows = (
        (
            code(parameter.name), value(parameter.default), _in_force(parameter), prose(parameter.unit),
            _stricter(parameter),
            prose(parameter.description) + (f"; {parameter.bounds}" if str(parameter.bounds) else ""), _source(parameter),
        )
        for parameter in parameters
    )  # fmt: skip
    return table(head, rows)


def _stricter(parameter: Parameter) -> str:
    if parameter.entries is None:
        return _STRICTER[parameter.tightens]
    entries = {Direction.FEWER: "fewer entries", Direction.MORE: "more entries"}.get(
        parameter.tightens_entries, "same entries"
    )
    return f"{entries}, {_STRICTER[parameter.tightens]}"


def _in_force(parameter: Parameter) -> str:
    setters = [who(origin) for origin in parameter.origins[1:] if origin.holds]
    return value(parameter.value) + (f", set by {' and '.join(setters)}" if setters else "")


def _source(parameter: Parameter) -> str:
    words = prose(parameter.source)
    words += f"; checked on {parameter.checked_on.isoformat()}" if parameter.checked_on is not None else ""
    return words + (f"; disputed: {prose(parameter.disputed)}" if parameter.disputed else "")


def _examples(rule: Rule, pack: PolicyPack) -> Blocks:
    if not rule.tests:
        return
    yield "## Examples"
    if any(parameter.value != parameter.default for parameter in _read(rule, pack)):
        yield "With the defaults of the parameters:"
    rows = ((prose(t.name), _values(t.given), _values({**t.option, **t.partner}), _outcome(t)) for t in rule.tests)
    yield table(("example", "given", "option", "outcome"), rows)


def _outcome(test: RuleTest) -> str:
    says = f"; says: {prose(test.message)}" if test.message else ""
    return test.expect.value + says + (f"; at {code(test.location)}" if test.location else "")


def _values(values: Mapping[str, FactValue]) -> str:
    return "<br>".join(code(f"{name}: {exact_value(given, str)}") for name, given in values.items())


def _portfolio_examples(portfolio_rule: PortfolioRule, pack: PolicyPack) -> Blocks:
    if not portfolio_rule.tests:
        return
    yield "## Examples"
    if any(parameter.value != parameter.default for parameter in _read(portfolio_rule.rule, pack)):
        yield "With the defaults of the parameters, where an example gives no others:"
    rows = (
        (prose(t.name), "<br>".join(_given(t)), code(t.group) if t.group else "", t.expect.value)
        for t in portfolio_rule.tests
    )
    yield table(("example", "given", "group", "outcome"), rows)


def _given(test: PortfolioTest) -> Iterator[str]:
    if test.parameters:
        yield _values(test.parameters)
    for feature in test.features:
        facts = {**feature.given, **feature.option}
        yield f"{code(feature.name)} " + ", ".join(code(f"{name}: {exact_value(facts[name], str)}") for name in facts)
    if test.unreadable:
        yield f"{quantity(test.unreadable, 'manifest')} that cannot be read"
