"""The answer as an architecture decision record (MADR 4.0.0, https://adr.github.io/madr/); nothing of input is markup."""

from __future__ import annotations

from collections.abc import Iterator

from aipolicy.answer.answer import Answering
from aipolicy.answer.comparison import Compared, Part, compared_ways
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.declared import FOUR_FACTS
from aipolicy.facts.spec import Kind
from aipolicy.facts.value_text import shown_value
from aipolicy.forecast.review import reviews_of
from aipolicy.report.answer_words import CERTAINTIES, HOSTINGS, cost_words, way_name
from aipolicy.report.explain.answer_screen import NOTHING_TO_BUILD, headline_of
from aipolicy.report.explain.migration_lines import migration_section
from aipolicy.report.explain.next_steps import (
    gap_lines,
    holding_lines,
    question_lines,
    to_do_lines,
    turn_lines,
)
from aipolicy.report.explain.reason_lines import message_for, plan_lines, quoted, reason_lines, rules_of
from aipolicy.report.explain.sheet import bullets, section
from aipolicy.report.packs.markdown_text import prose
from aipolicy.report.ways_table import LABELS, range_text
from aipolicy.run.answer_result import way_result
from aipolicy.source.text import escaped, grouped

_ALL = 10_000


def front_matter(answering: Answering) -> str:
    """Return what stands before the record and is people's own once it is written."""
    return f"---\nstatus: proposed\ndate: {answering.evaluator.catalog.as_of}\n---\n\n"


def decision_record(answering: Answering, rule_evaluator: RuleEvaluator) -> str:
    """Return the record without its front matter, ending with a newline."""
    return "\n\n".join(_blocks(answering, rule_evaluator)) + "\n"


def _blocks(answering: Answering, rule_evaluator: RuleEvaluator) -> Iterator[str]:
    name = escaped(answering.certain.feature.name)
    retired = answering.certain.is_retired
    headline = NOTHING_TO_BUILD if retired else headline_of(answering)
    yield f"# {prose(f'{name}: {headline}')}"
    yield "## Context and Problem Statement"
    file, day = escaped(answering.certain.feature.file), answering.evaluator.catalog.as_of
    yield prose(f"How is `{name}` to be built? It is declared in `{file}`; this record was made from it as of {day}.")
    plan = section("", plan_lines(answering, rule_evaluator, _ALL)).lines
    if plan and not retired:
        yield bullets(f"the plan: {line}" if number == 0 else line for number, line in enumerate(plan))
    yield "## Decision Drivers"
    yield bullets(_drivers(answering))
    rows = compared_ways(answering)
    yield "## Considered Options"
    yield bullets([*(_title(row) for row in rows), *_hostings(answering)] or ["none"])
    yield "## Decision Outcome"
    yield from _outcome(answering, headline)
    yield "### Consequences"
    yield bullets(_consequences(answering))
    yield "### Confirmation"
    yield bullets(_confirmation(answering))
    yield "## Pros and Cons of the Options"
    for row in rows:
        yield f"### {prose(_title(row))}"
        yield bullets(_pros_and_cons(answering, row))
    steps = migration_section(answering).lines
    if steps:
        yield "## Plan to Get There"
        yield bullets(steps)
    yield "## More Information"
    yield bullets(_more(answering))


def _drivers(answering: Answering) -> Iterator[str]:
    facts = answering.expected.facts
    for name, spec in facts.known.specs.items():
        says = name in facts.declared and spec.kind is Kind.DESCRIBES and not name.startswith("metadata.")
        if says or (name in FOUR_FACTS and name in facts.values):
            unit = f" {spec.unit}" if spec.unit and isinstance(facts.values[name], float) else ""
            assumed = "" if name in facts.declared else " (assumed)"
            yield f"`{escaped(name)}`: {shown_value(facts.values[name])}{unit}{assumed}"
    yield from (f"need: {need.title} ({CERTAINTIES[need.certainty].lower()})" for need in answering.needs)


def _title(row: Compared) -> str:
    return f"{way_name(row.way)} ({LABELS[row.part]})"


def _hostings(answering: Answering) -> Iterator[str]:
    """Yield the hostings of which nothing is left, with the rule that removes most."""
    for left in answering.answer.ways_left:
        if not left.admissible and not left.open:
            yield f"{HOSTINGS[left.hosting]}: none of {grouped(left.ways)} ways is left, most fall by {left.removed_by}"


def _outcome(answering: Answering, headline: str) -> Iterator[str]:
    way = answering.recommended
    certainty = CERTAINTIES[answering.certainty].lower()
    if way is None:
        yield prose(f"No option is chosen: {headline} ({certainty}).")
    else:
        yield prose(
            f"Chosen option: {way_name(way)}, because it is the {answering.answer.because}. {headline} ({certainty})."
        )
    reasons = () if answering.certain.is_retired else section("", reason_lines(answering, _ALL)).lines
    if reasons:
        yield bullets(reasons)


def _consequences(answering: Answering) -> Iterator[str]:
    way, rules_by_id = answering.recommended, rules_of(answering.expected)
    if way is None:
        yield "Bad, because nothing is built until something changes"
    else:
        yield "Good, because no rule of severity error is expected to break"
        yield from (f"Bad, because {rule} counts against it: {quoted(rules_by_id[rule])}" for rule in way.against)
        yield from (f"Bad, because {rule} is undetermined for it: {quoted(rules_by_id[rule])}" for rule in way.open_for)
        yield f"Neutral, because a month takes {cost_words(way_result(way))}"
    if not answering.certain.is_retired:
        yield from (
            f"Neutral, because it is to be looked up: {line}" for line in section("", gap_lines(answering, _ALL)).lines
        )


def _confirmation(answering: Answering) -> Iterator[str]:
    file = escaped(answering.certain.feature.file)
    yield f"`aipolicy check {file}` in every pull request"
    yield f"`aipolicy explain {file} --format adr` says whether this still follows"
    if answering.certain.is_retired:
        return
    yield from (f"to do {line}" for line in section("", to_do_lines(answering, _ALL)).lines)
    yield from (f"it holds {line}" for line in section("", holding_lines(answering)).lines)


def _pros_and_cons(answering: Answering, row: Compared) -> Iterator[str]:
    rules_by_id, way = rules_of(answering.expected), row.way
    spread = range_text(row.figures)
    words = f"a month takes {cost_words(way_result(way))}" + (f" {spread}" if spread else "")
    yield f"{'Good' if row.part is Part.BUILD else 'Neutral'}, because {words}"
    for rule in row.removed_by:
        reason = quoted(rules_by_id[rule])
        if rule in rules_by_id and way.option_set is answering.expected.candidates:
            reason = message_for(answering, rules_by_id[rule], way.number)
        yield f"Bad, because {rule} removes it: {reason}"
    yield from (f"Bad, because {rule} counts against it: {quoted(rules_by_id[rule])}" for rule in way.against)
    yield from (f"Bad, because {rule} is undetermined for it: {quoted(rules_by_id[rule])}" for rule in way.open_for)


def _more(answering: Answering) -> Iterator[str]:
    reviews = reviews_of(answering)
    if reviews:
        yield f"Review date: {reviews[0].on}, when {reviews[0].reason}"
        yield from (f"then {review.on}: {review.reason}" for review in reviews[1:])
    else:
        yield "Review date: none follows from what is dated within three years"
    if answering.certain.is_retired:
        return
    margin = answering.weighing.margin_percent
    yield from (f"it turns: {line}" for line in section("", turn_lines(answering, _ALL, margin)).lines)
    yield from (f"to say: {line}" for line in section("", question_lines(answering, _ALL, margin)).lines)
