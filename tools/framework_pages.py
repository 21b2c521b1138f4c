"""The frameworks of the catalog and the rules of shipped packs in, a page a framework out: its controls beside rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from law_table import shipped_rules

from aipolicy.catalog.frameworks import Framework
from aipolicy.frameworks.asked import LinkedFramework, linked_framework
from aipolicy.frameworks.clauses import ClauseCoverage, clauses_of
from aipolicy.policy.framework_links import OWN
from aipolicy.policy.law_words import law_of
from aipolicy.policy.rule import Rule
from aipolicy.report.coverage.coverage_text import spans
from aipolicy.report.packs.rule_markdown import stages
from aipolicy.source.text import quantity

Table = Callable[[Iterable[str], Iterable[Iterable[str]]], str]
INDEX = "README.md"
_OWN_RULE = "of the framework itself"
_HEAD = """Each control stands with the rules of shipped packs that speak to it: rules of the framework itself, and rules of
another law that `satisfies` it, `supports` it (does a part of it) or `relates` to it (is about the same). `aipolicy
coverage` shows the same for features, `aipolicy rules --framework` for the packs in force. What is listed here is no
legal advice, and rules that are met are no proof of compliance."""


def framework_pages(frameworks: Iterable[Framework], table: Table, marker: str) -> dict[str, str]:
    """Return the text of every page by its name: an index, and a page for each framework of which rules speak."""
    all_linked = [linked_framework(framework, shipped_rules()) for framework in frameworks]
    spoken = [(linked, linked.entry) for linked in all_linked if linked.rules and linked.entry is not None]
    rows = [
        (f"[{each.id}]({each.id}.md)", each.name, str(_with_rules(each, linked)), str(len(linked.rules)), each.dated.source,
         each.dated.checked_on.isoformat(), "yes" if each.dated.verified else "no")
        for linked, each in spoken
    ]  # fmt: skip
    head = ("framework", "what it is", "controls with rules", "rules", "source", "checked", "read")
    index = (marker, "# Controls and rules", _HEAD, table(head, rows))
    pages = {f"{each.id}.md": (marker, *_page(each, linked, table)) for linked, each in spoken}
    return {name: "\n\n".join(blocks) + "\n" for name, blocks in {INDEX: index, **pages}.items()}


def _with_rules(framework: Framework, linked: LinkedFramework) -> int:
    return sum(bool(clause.relations) for clause in clauses_of(framework, linked))


def _page(framework: Framework, linked: LinkedFramework, table: Table) -> Iterator[str]:
    clauses = clauses_of(framework, linked)
    dated = framework.dated
    checked = dated.checked_on.isoformat() + ("" if dated.verified else ", not read")
    yield f"# {framework.id}: {framework.name}"
    yield (f"{quantity(len(linked.rules), 'rule')} of {_packs(linked.rules)} speak to {_with_rules(framework, linked)} of "
           f"{quantity(len(clauses), 'control')}{', and it has more that are not listed' if framework.is_partial else ''}. "
           f"Source of the ids: {dated.source} ({checked}). [All frameworks]({INDEX}).")  # fmt: skip
    by_id = {rule.id: rule for rule in linked.rules}
    rows = (
        _row(clause.control, by_id[rule_id], relation) for clause in clauses
        for rule_id, relation in clause.relations.items()
    )  # fmt: skip
    yield table(("control", "rule", "relation", "what it asks", "provision", "days", "verified by"), rows)
    uncited = [_row("", rule, OWN) for rule in linked.rules if not linked.links[rule.id].controls]
    if uncited:
        yield "Rules of the framework whose provision is none of the controls:"
        yield table(("control", "rule", "relation", "what it asks", "provision", "days", "verified by"), uncited)
    unspoken = [clause for clause in clauses if not clause.relations]
    if unspoken:
        yield "## Controls of which no rule speaks"
        yield table(("controls", "why"), _reasons(unspoken, framework))


def _row(control: str, rule: Rule, relation: str) -> tuple[str, ...]:
    law = law_of(rule)
    return (
        control, f"[{rule.id}](../packs/{rule.pack}/{rule.id}.md)", relation or _OWN_RULE, rule.title, law.provision,
        stages(rule), law.verified,
    )  # fmt: skip


def _packs(rules: Sequence[Rule]) -> str:
    names = [f"[{name}](../packs/{name}.md)" for name in sorted({rule.pack for rule in rules})]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _reasons(unspoken: Sequence[ClauseCoverage], framework: Framework) -> Iterator[tuple[str, str]]:
    """Yield controls that follow each other and share a reason, as spans."""
    for why, alike in groupby(unspoken, key=lambda clause: clause.why):
        yield ", ".join(spans([clause.control for clause in alike], framework)), why or "no reason is on record"
