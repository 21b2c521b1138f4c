"""One rule of a pack file in, a typed rule with compiled conditions out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import pairwise

from aipolicy.facts.all_facts import REGISTRY
from aipolicy.facts.spec import FactSpec, FactType, FactValue
from aipolicy.findings.finding import Outcome, Reference, Severity
from aipolicy.findings.reserved_rules import RESERVED_PREFIXES
from aipolicy.findings.rule_ids import RULE_ID
from aipolicy.policy.cel.expressions import Compiler
from aipolicy.policy.law import FROM_MEMORY, LAW_KEYS, NO_LAW, Law
from aipolicy.policy.layers.origins import RuleOrigin
from aipolicy.policy.layers.overlay import place_of
from aipolicy.policy.message import PLACEHOLDER, names_in, names_of
from aipolicy.policy.reading.condition_lines import UNLESS, VARIABLES, ConditionReader, line_of, parameters_of
from aipolicy.policy.reading.example_tables import examples
from aipolicy.policy.reading.given_facts import fact_values
from aipolicy.policy.reading.requirement_reader import RequirementReader, Requirements, shown_by
from aipolicy.policy.reading.rule_legs import check_legs, read_legs
from aipolicy.policy.reading.scope_reader import legs_of, read_must_declare
from aipolicy.policy.rule import Line, Rule, RuleKind, RuleScope, RuleTest, SharedScope
from aipolicy.policy.stages import STAGE_KEYS
from aipolicy.source.records import Record
from aipolicy.source.regex import regex
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.text import shown
from aipolicy.value import replace

_RULE_ID = regex(RULE_ID)
_OLD_ID = regex(r"[A-Z0-9]+(?:-[A-Z0-9]+)+")
_RULE_NAME = regex(r"[a-z0-9]+(-[a-z0-9]+)*")


def mistake_of_id(rule_id: str) -> str:
    """Return what is wrong with the id of a rule; empty for nothing."""
    if rule_id.startswith(RESERVED_PREFIXES):
        return f"`{shown(rule_id)}` is reserved for findings about manifests, plans and packs"
    wrong = f"`{shown(rule_id)}` is no rule id; write it like `DATA-001` or `GDPR-28-3`"
    return "" if _RULE_ID.fullmatch(rule_id) else wrong


def mistake_of_name(name: str) -> str:
    """Return what is wrong with the name of a rule; empty for nothing."""
    return "" if _RULE_NAME.fullmatch(name) else f"`{shown(name)}` is no rule name; write the offence in kebab-case"


class RuleReader:
    """Reads one rule."""

    def __init__(self, record: Record, compiler: Compiler, variables: Mapping[str, str], pack: str,
                 parameters: Mapping[str, FactValue], facts: Mapping[str, FactSpec] = REGISTRY,
                 shared: tuple[SharedScope, ...] = ()) -> None:  # fmt: skip
        self._record = record
        self._shared = shared
        self._facts = facts
        self._compiler = compiler
        self._conditions = ConditionReader(record, compiler, variables, self._check_line)
        self._pack = pack
        self._own_reads: set[str] = set()
        self._variables = variables
        self._spoken: dict[str, Line] = {}
        self._parameters = parameters

    def read(self) -> Rule:
        """Return the rule; mistakes are noted on its record."""
        record = self._record
        effective = record.record("effective")
        reader = RequirementReader(record, self._conditions, self._facts, self._check_own_message)
        required, law = reader.read(), self._law(reader)
        demanded = [name for scope in self._shared for name in scope.must_declare]
        if not record.has("require") and not record.has("must_declare") and law.review is None:
            record.mistake("missing key `require`")
        start = record.document.locate(record.path)
        kind = self._kind()
        scope = record.text("scope", RuleScope.OPTIONS.value, tuple(scope.value for scope in RuleScope))
        severity = record.text("severity", choices=tuple(severity.value for severity in Severity))
        rule = Rule(
            id=self._id(),
            aliases=self._aliases(),
            name=self._name(),
            title=record.said("title"),
            kind=kind,
            severity=Severity(severity) if severity in list(Severity) else Severity.ERROR,
            scope=RuleScope(scope) if scope in list(RuleScope) else RuleScope.OPTIONS,
            when=self._when(),
            require=(*required.lines, *reader.reviewed(law.review.evidence if law.review is not None else ())),
            requirements=required.own,
            must_declare=tuple(dict.fromkeys((*demanded, *read_must_declare(record, self._facts)))),
            shared=self._shared,
            law=None if law == NO_LAW else law,
            message=self._message(required, law),
            why=" ".join(filter(None, (record.text("why", ""), FROM_MEMORY if law.verified == "memory" else ""))),
            fix=shown_by(record.text("fix", ""), law.review.evidence if law.review is not None else ()),
            references=(*self._references(), *((law.basis.reference(law.clause),) if law.basis is not None else ())),
            effective_from=effective.optional_day("from"),
            effective_until=effective.optional_day("until"),
            tests=self._tests(),
            pack=self._pack,
            defined_at=f"{record.document.source.path}:{start.start.line}",
            parameters={},
            announced_on=effective.optional_day("announced"),
            warning_from=effective.optional_day("warning"),
            legs=read_legs(record, legs_of(self._shared)),
        )
        effective.finish()
        self._checked(rule, effective)
        record.finish()
        return self._with_reads(rule)

    def _with_reads(self, rule: Rule) -> Rule:
        """Return a rule with the parameters and the words of variables that it reads, and where it is said."""
        used = {name for line in (*rule.when, *rule.require) for name in line.parameter_reads}
        used |= self._check_message(rule.message, self._record) | self._own_reads
        parameters = parameters_of(used, self._compiler.constants)
        spoken = tuple(sorted(self._spoken.items()))
        return replace(rule, parameters=parameters, origins=(self._origin(rule),), spoken=spoken)

    def _origin(self, rule: Rule) -> RuleOrigin:
        """Return where what a rule weighs, and from when to when it holds, is said."""
        record = self._record
        effective_at = place_of(record, "effective") if record.has("effective") else ""
        return RuleOrigin(
            rule.severity, rule.effective_from, rule.effective_until, self._pack, place_of(record, "severity"),
            effective_at, "",
        )  # fmt: skip

    def _checked(self, rule: Rule, effective: Record) -> None:
        """Note what contradicts itself in a rule that was read."""
        self._check_dates(rule, effective)
        self._check_kind(rule)
        self._check_scope(rule)
        check_legs(rule, self._record)

    def _kind(self) -> RuleKind:
        kind = self._record.text("kind", choices=tuple(kind.value for kind in RuleKind))
        # NOTE: of a word that is none, nothing else is said: a duty may read any fact.
        return RuleKind(kind) if kind in list(RuleKind) else RuleKind.DUTY

    def _tests(self) -> tuple[RuleTest, ...]:
        return tuple(self._test(test) for test in examples(self._record, self._facts))

    def _id(self) -> str:
        rule_id = self._record.text("id")
        wrong = mistake_of_id(rule_id) if rule_id else ""
        if wrong:
            self._record.mistake(wrong, "id")
        return rule_id

    def _aliases(self) -> tuple[str, ...]:
        """Return the ids that the rule had before; an id of an older form will do."""
        aliases = self._record.texts("aliases", ())
        for number, alias in enumerate(aliases):
            if not _OLD_ID.fullmatch(alias) or alias.startswith(RESERVED_PREFIXES):
                message = f"`{shown(alias)}` is no id that a rule can have had; write it like `DATA-001`"
                self._record.mistakes.add(message, self._record.document, (*self._record.path, "aliases", number))
        return aliases

    def _name(self) -> str:
        name = self._record.text("name")
        wrong = mistake_of_name(name) if name else ""
        if wrong:
            self._record.mistake(wrong, "name")
        return name

    def _when(self) -> tuple[Line, ...]:
        shared = (line for scope in self._shared for line in scope.when)
        own = (*self._conditions.lines("when"), *self._conditions.lines(UNLESS))
        return (*shared, *self._applies_to(), *own)

    def _applies_to(self) -> Iterable[Line]:
        return self._conditions.applies_to()

    def _check_line(self, line: Line) -> None:
        """Raise `ExpressionError` for a condition that rules of this kind do not take."""

    def _references(self) -> Iterable[Reference]:
        for reference in self._record.records("references"):
            yield Reference(
                title=reference.text("title"), url=reference.text("url", ""), clause=reference.text("clause", "")
            )
            reference.finish()

    def _test(self, record: Record) -> RuleTest:
        words = self._compiler.words
        expect = record.text("expect", choices=tuple(o.value for o in Outcome if o is not Outcome.WAIVED))
        test = RuleTest(
            name=record.text("name"),
            given=fact_values(record.record("given"), "", self._facts, words),
            option=fact_values(record.record("option"), "option.", self._facts, words),
            partner=fact_values(record.record("partner"), "partner.", self._facts, words),
            expect=Outcome(expect) if expect in list(Outcome) else Outcome.VIOLATED,
            message=record.text("message", ""),
            defined_at=f"{record.document.source.path}:{record.document.locate(record.path).start.line}",
        )
        if test.message and test.expect is not Outcome.VIOLATED:
            record.mistake("an example has a message only where it is violated", "message")
        record.finish()
        return test

    def _check_dates(self, rule: Rule, effective: Record) -> None:
        days = zip(STAGE_KEYS, rule.stages, strict=True)
        written = [(key, day) for key, day in days if day is not None and day > date.min]
        for (earlier, begins), (key, day) in pairwise(written):
            if day < begins:
                message = f"`{key}` ({day}) must not come before `{earlier}` ({begins})"
                effective.mistake(message if key != "until" else f"the rule ends before it begins: {message}", key)

    def _check_kind(self, rule: Rule) -> None:
        if rule.kind is RuleKind.CONSTRAINT and (rule.require or rule.must_declare) and not rule.option_reads:
            self._record.mistake(
                "a constraint reads facts of options; a rule about declared facts alone is a `duty`", "kind"
            )

    def _check_scope(self, rule: Rule) -> None:
        for name in sorted(rule.option_reads):
            if REGISTRY[name].plan_only and rule.scope is not RuleScope.PLAN:
                self._record.mistake(f"`{name}` is a fact of plans; add `scope: plan` to the rule", "id")

    def _law(self, requirements: RequirementReader) -> Law:
        """Return what the rule says of the law behind it; most rules say nothing."""
        if not LAW_KEYS.isdisjoint(self._record.field_names()) or any(scope.basis for scope in self._shared):
            from aipolicy.policy.reading.law_reader import read_law

            return read_law(self._record, self._shared, self._compiler.frameworks, requirements)
        return NO_LAW

    def _message(self, required: Requirements, law: Law) -> str:
        """Return the message of the rule, which may be left out where each requirement has its own."""
        is_spoken = bool(required.own) and len(required.own) == len(required.lines)
        if is_spoken and all(requirement.message for requirement in required.own) and not self._record.has("message"):
            return ""
        message = self._record.said("message")
        return message if law.review is None else f"review by {law.review.by}: {message}"

    def _check_own_message(self, record: Record, message: str) -> None:
        self._own_reads |= self._check_message(message, record)

    def _check_message(self, message: str, record: Record) -> set[str]:
        for placeholder in PLACEHOLDER.findall(message):
            lists = names_of(placeholder)
            for name in lists if len(lists) > 1 else ():
                if name in self._facts and self._facts[name].type is not FactType.TEXTS:
                    record.mistake(f"`{name}` is no list; `without` stands between two lists", "message")
        return self._check_placeholders(message, self._facts, record)

    def _check_placeholders(self, message: str, names: Collection[str], record: Record) -> set[str]:
        used = set()
        for name in names_in(message):
            if name in self._parameters:
                used.add(name)
            elif name.removeprefix(VARIABLES) in self._variables and name.startswith(VARIABLES):
                text = self._variables[name.removeprefix(VARIABLES)]
                self._spoken[name] = line_of(name, self._compiler.compile_value(text)[0])
                used.update(self._spoken[name].parameter_reads)
            elif name not in names:
                hint = did_you_mean(name, (*names, *self._parameters))
                record.mistake(f"unknown fact `{name}` in the message{hint}", "message")
        return used
