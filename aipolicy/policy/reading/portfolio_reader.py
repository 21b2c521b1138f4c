"""One entry of `portfolio_rules` in, a typed rule over all features of a run out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from aipolicy.facts.all_facts import REGISTRY, is_option_fact, is_parameter
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.findings.finding import Outcome
from aipolicy.policy.cel.checked_expr import decode
from aipolicy.policy.cel.expressions import Compiler, ExpressionError
from aipolicy.policy.cel.interval_evaluation import refuse_unsupported
from aipolicy.policy.message import PLACEHOLDER, names_of
from aipolicy.policy.portfolio_rule import (
    GROUP,
    KEY,
    TOTAL,
    Aggregate,
    FeatureFormula,
    GroupMeasure,
    PortfolioRule,
    PortfolioTest,
    TestFeature,
)
from aipolicy.policy.reading.applies_to import read_applies_to
from aipolicy.policy.reading.condition_lines import inlined, parameters_of
from aipolicy.policy.reading.given_facts import fact_values
from aipolicy.policy.reading.rule_reader import RuleReader
from aipolicy.policy.rule import Line, RuleKind, RuleTest
from aipolicy.policy.values import read_value
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import replace

_KEYS = (
    "id", "aliases", "name", "title", "severity", "applies_to", "over", "group_by", "measures", "when", "require",
    "message", "why", "fix", "references", "effective", "tests",
)  # fmt: skip
_SHARES = frozenset({"share", "percent"})
"""Units in which the most that can be is a fact."""
_MEASURE_NAME = regex(r"[a-z][a-z0-9_]*")
_AGGREGATE = regex(r"\s*([A-Za-z_]+)\s*\((.*)\)\s*", re.DOTALL)
_KINDS: dict[Aggregate, tuple[FactType, ...]] = {
    Aggregate.SUM: (FactType.NUMBER,),
    Aggregate.MAX: (FactType.NUMBER,),
    Aggregate.MIN: (FactType.NUMBER,),
    Aggregate.COUNT: (FactType.BOOL,),
    Aggregate.DISTINCT: (FactType.TEXT, FactType.TEXTS),
}
_WANTED = {FactType.NUMBER: "a number", FactType.BOOL: "a condition", FactType.TEXT: "text or a list of text"}
_LISTED = ", ".join(f"`{aggregate.value}(…)`" for aggregate in Aggregate)


class PortfolioReader:
    """Reads one rule over features: what is read of each of them first, then the rule over what that adds up to."""

    def __init__(self, record: Record, compiler: Compiler, specs: Mapping[str, FactSpec],
                 vocabularies: Mapping[str, Sequence[str]], variables: Mapping[str, str], pack: str,
                 parameters: Mapping[str, FactValue]) -> None:  # fmt: skip
        self._record = record
        self._compiler = compiler
        self._specs = specs
        self._vocabularies = vocabularies
        self._variables = variables
        self._pack = pack
        self._parameters = parameters

    def read(self) -> PortfolioRule:
        """Return the rule; mistakes are noted on its record."""
        record = self._record
        for key in record.field_names():
            if key not in _KEYS:
                # NOTE: what a rule over one feature may say is not taken here without a meaning.
                record.mistake(f"unknown key `{shown(key)}` of a portfolio rule{did_you_mean(key, _KEYS)}", key, "key")
                record.raw(key)
        over = tuple(self._over())
        group_by = self._group_by()
        measures = tuple(self._measures())
        tests = tuple(self._test(test, grouped=group_by is not None) for test in record.records("tests"))
        names = names_of_groups(self._specs, measures, group_by, grouped=record.has("group_by"))
        compiler = Compiler(names, self._vocabularies, self._parameters)
        types = {name: spec.type for name, spec in names.items()}
        rule = _SharedReader(record, compiler, self._variables, self._pack, self._parameters, types).read()
        formulas = [m.formula for m in measures if m.formula is not None]
        read_names = {
            name
            for reading in (*over, *formulas, *((group_by,) if group_by is not None else ()))
            for name in reading.parameter_reads
        }
        parameters = {**rule.parameters, **parameters_of(read_names, self._compiler.constants)}
        rule = replace(rule, parameters=dict(sorted(parameters.items())))
        self._check_use(rule.when, rule.require, rule.message, measures)
        return PortfolioRule(rule=rule, over=over, group_by=group_by, measures=measures, tests=tests)

    def _over(self) -> Iterable[Line]:
        """Return what says which features take part: `applies_to`, which limits features, and `over`."""
        depth = len(self._record.path)
        limits = [(limit.text, limit.condition, limit.path[depth:]) for limit in read_applies_to(self._record)]
        written = [(text, text, where) for text, where in self._texts("over")]
        for text, condition, where in (*limits, *written):
            formula = self._formula(condition, where, (FactType.BOOL,), "over")
            if formula is not None:
                yield Line(
                    text=text, checked=formula.checked, feature_reads=formula.feature_reads,
                    option_reads=formula.option_reads, parameter_reads=formula.parameter_reads,
                    label_keys=formula.label_keys, expanded="" if condition == text else condition,
                    number=self._record.document.locate((*self._record.path, *where)).start.line,
                    path=(*self._record.path, *where),
                )  # fmt: skip

    def _texts(self, key: str) -> Iterable[tuple[str, tuple[str | int, ...]]]:
        raw = self._record.raw(key)
        if raw is None:
            return
        items = [raw] if isinstance(raw, str) else raw
        if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
            message = f"`{key}` must be a list of conditions, each as text; quote one that starts with `!`"
            self._record.mistake(message, key)
            return
        for index, text in enumerate(items):
            yield str(text), ((key, index) if isinstance(raw, list) else (key,))

    def _group_by(self) -> FeatureFormula | None:
        if not self._record.has("group_by"):
            return None
        text = self._record.text("group_by")
        return self._formula(text, ("group_by",), (FactType.TEXT, FactType.TEXTS), "group_by")

    def _measures(self) -> Iterable[GroupMeasure]:
        if not self._record.has("measures"):
            self._record.mistake("missing key `measures`")
            return
        record = self._record.record("measures")
        for name in record.field_names():
            if not _MEASURE_NAME.fullmatch(name) or name == KEY.removeprefix(GROUP):
                record.mistake(f"`{shown(name)}` is no name of a measure; use lower case, digits and `_`", name, "key")
            text = record.text(name)
            match = _AGGREGATE.fullmatch(text)
            aggregates = tuple(aggregate.value for aggregate in Aggregate)
            if match is None or match.group(1) not in aggregates:
                hint = did_you_mean(match.group(1), aggregates) if match is not None else ""
                record.mistake(f"`{shown(text)}` is no measure; write one of {_LISTED}{hint}", name)
                continue
            aggregate, inner = Aggregate(match.group(1)), match.group(2).strip()
            formula = None
            if inner or aggregate is not Aggregate.COUNT:
                formula = self._formula(inner, ("measures", name), _KINDS[aggregate], aggregate.value)
            yield GroupMeasure(name, aggregate, text, formula)
        record.finish()

    def _formula(self, text: str, where: tuple[str | int, ...], types: tuple[FactType, ...],
                 of: str) -> FeatureFormula | None:  # fmt: skip
        record = self._record
        path = (*record.path, *where)
        try:
            compiled, type_ = self._compiler.compile_value(inlined(text, self._variables, record, str(where[0])))
            if type_ not in types:
                raise ExpressionError(f"`{of}` takes {_WANTED[types[0]]}, this is {type_.value}")
        except ExpressionError as error:
            column = f" (column {error.column} of the expression)" if error.column is not None else ""
            record.mistakes.add(f"{error}{column}", record.document, path)
            return None
        specs = {name: self._specs[name] for name in compiled.reads}
        for name, spec in specs.items():
            if spec.plan_only:
                message = f"`{name}` compares options of one plan; rules over features read likely values"
                record.mistakes.add(message, record.document, path)
        return FeatureFormula(
            text=text,
            checked=compiled.checked,
            type=type_,
            feature_reads=tuple(n for n in compiled.reads if not is_option_fact(n) and not is_parameter(n)),
            option_reads=tuple(n for n in compiled.reads if is_option_fact(n)),
            parameter_reads=tuple(n for n in compiled.reads if is_parameter(n)),
            label_keys=compiled.label_keys,
            numbers={name: _bounds(spec) for name, spec in specs.items() if spec.type is FactType.NUMBER},
        )

    def _check_use(self, when: Sequence[Line], require: Sequence[Line], message: str,
                   measures: Iterable[GroupMeasure]) -> None:  # fmt: skip
        names = {name for line in (*when, *require) for name in line.feature_reads}
        for measure in measures:
            if (
                not {f"{prefix}{measure.name}" for prefix in (GROUP, TOTAL)} & names
                and f".{measure.name}}}" not in message
            ):
                message_ = f"no condition reads the measure `{measure.name}`; remove it"
                path = (*self._record.path, "measures", measure.name)
                self._record.mistakes.add(message_, self._record.document, path, "key")
        if require and not names - {KEY}:
            self._record.mistake("a portfolio rule requires something of its measures", "require")

    def _test(self, record: Record, *, grouped: bool) -> PortfolioTest:
        expect = record.text("expect", choices=tuple(o.value for o in Outcome if o is not Outcome.WAIVED))
        group = record.text("group") if record.has("group") else None
        if group is not None and not grouped:
            record.mistake("the rule has no `group_by`, so that there is no group to name", "group")
        features = []
        for feature in record.records("features"):
            name = feature.text("name")
            given, option = (
                fact_values(feature.record(key), prefix, self._specs, self._compiler.words)
                for key, prefix in (("given", ""), ("option", "option."))
            )
            features.append(TestFeature(name, given, option))
            feature.finish()
        unreadable = record.number("unreadable", 0.0)
        if not unreadable.is_integer():
            record.mistake("`unreadable` is a number of manifests", "unreadable")
        test = PortfolioTest(
            name=record.text("name"),
            features=tuple(features),
            unreadable=int(unreadable),
            group=group,
            parameters=self._test_parameters(record.record("params")),
            expect=Outcome(expect) if expect in list(Outcome) else Outcome.VIOLATED,
            defined_at=f"{record.document.source.path}:{record.document.locate(record.path).start.line}",
        )
        record.finish()
        return test

    def _test_parameters(self, record: Record) -> dict[str, FactValue]:
        values: dict[str, FactValue] = {}
        for key in record.field_names():
            spec = self._specs.get(f"params.{key}")
            if spec is None:
                record.raw(key)
                record.mistake(
                    f"unknown parameter `{shown(key)}`{did_you_mean(f'params.{key}', self._specs)}", key, "key"
                )
            else:
                values[f"params.{key}"] = read_value(record, key, spec.type)
        return values


def names_of_groups(specs: Mapping[str, FactSpec], measures: Sequence[GroupMeasure], group_by: FeatureFormula | None, *,
                    grouped: bool) -> dict[str, FactSpec]:  # fmt: skip
    """Return what conditions on groups may read: measures, parameters among the facts given, the name of the group."""
    names = {name: spec for name, spec in specs.items() if is_parameter(name)}
    for measure in measures:
        for prefix in (TOTAL, GROUP) if grouped else (TOTAL,):
            name = f"{prefix}{measure.name}"
            names[name] = FactSpec(name, FactType.NUMBER, measure.text, Origin.DERIVED)
    if group_by is not None:
        spec = specs.get(group_by.text.strip())
        choices, vocabulary = (spec.choices, spec.vocabulary) if spec is not None else ((), "")
        names[KEY] = FactSpec(
            KEY, FactType.TEXT, "Name of the group", Origin.DERIVED, choices=choices, vocabulary=vocabulary
        )
    return names


def _bounds(spec: FactSpec) -> tuple[float | None, float | None]:
    """Return the least and the most that a number may be.

    The most that a manifest may say of a volume or a price only keeps out nonsense, and is no bound.
    """
    return (spec.above if spec.minimum is None else spec.minimum), (spec.maximum if spec.unit in _SHARES else None)


class _SharedReader(RuleReader):
    """Reads what a rule over features shares with every other rule."""

    def __init__(self, record: Record, compiler: Compiler, variables: Mapping[str, str], pack: str,
                 parameters: Mapping[str, FactValue], types: Mapping[str, FactType],
                 facts: Mapping[str, FactSpec] = REGISTRY) -> None:  # fmt: skip
        self._types = types
        super().__init__(record, compiler, variables, pack, parameters, facts)

    def _kind(self) -> RuleKind:
        return RuleKind.DUTY

    def _tests(self) -> tuple[RuleTest, ...]:
        return ()

    def _applies_to(self) -> Iterable[Line]:
        return ()

    def _check_line(self, line: Line) -> None:
        refuse_unsupported(decode(line.checked), self._types)

    def _check_message(self, message: str, record: Record) -> set[str]:
        if any(len(names_of(placeholder)) > 1 for placeholder in PLACEHOLDER.findall(message)):
            record.mistake("`without` is for messages of rules about one feature", "message")
        return self._check_placeholders(message, self._types, record)
