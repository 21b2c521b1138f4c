"""A rule and facts in, the words of a finding out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aipolicy.evaluation.evaluation import Evaluation
from aipolicy.facts.all_facts import is_option_fact
from aipolicy.facts.facts import Facts
from aipolicy.facts.spec import FactValue, RecordList
from aipolicy.facts.value_text import shown_value
from aipolicy.options.estimates import AT_LEAST
from aipolicy.options.option import Option
from aipolicy.policy.cel.expressions import Condition, cel_value
from aipolicy.policy.message import PLACEHOLDER, value_of
from aipolicy.policy.rule import Line, Rule
from aipolicy.source.text import escaped


def render_message(rule: Rule, evaluation: Evaluation, option: Mapping[str, FactValue]) -> str:
    """Return a rule's message with the values of facts and parameters in place of their names."""
    return message_of(rule, evaluation.facts, option)


def message_of(rule: Rule, facts: Facts, option: Mapping[str, FactValue]) -> str:
    """Return a rule's message for facts and an option that need not be those of a feature."""

    def lookup(name: str) -> FactValue | None:
        if name.startswith("params."):
            return rule.parameters.get(name)
        if name.startswith("variables."):
            return _spoken(dict(rule.spoken)[name], rule, facts, option)
        return option.get(name) if is_option_fact(name) else facts.values.get(name)

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        value = value_of(name, lookup)
        if isinstance(value, RecordList):
            return _elements(name, value, rule, facts, option)
        least = option.get(f"{name}{AT_LEAST}") if value is None and is_option_fact(name) else None
        return shown_value(value) if least is None else f"at least {shown_value(least)}"

    return PLACEHOLDER.sub(fill, rule.message)


def _elements(name: str, records: RecordList, rule: Rule, facts: Facts, option: Mapping[str, FactValue]) -> str:
    """Return by name the elements of a list that decide a rule, each by itself; all of them where none does."""
    from aipolicy.evaluation.deciding import deciding_elements  # NOTE: few rules read records.

    numbers = deciding_elements(rule, facts, option).get(name, range(len(records.elements)))
    names = records.names
    return shown_value(tuple(names[number] for number in numbers))


def _spoken(line: Line, rule: Rule, facts: Facts, option: Mapping[str, FactValue]) -> FactValue | None:
    """Return the value of a variable that a message shows."""
    values: dict[str, FactValue | None] = {name: facts.values.get(name) for name in line.feature_reads}
    values.update({name: option.get(name) for name in line.option_reads})
    values.update({name: rule.parameters[name] for name in line.parameter_reads})
    cel_values = {name: cel_value(value) for name, value in values.items() if value is not None}
    value = Condition(line.checked).value(cel_values)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def option_name(option: Option) -> str:
    """Return an option in a few words for people."""
    words = f"{option.adaptation} on {option.hosting}: {option.leg.name}"
    if option.other is not None:
        joint = "escalating to" if option.routing == "cascade" else "fallback"
        words += f", {joint} {option.other.name}"
    return escaped(words)  # a plan may name what the catalog does not know
