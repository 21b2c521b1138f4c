"""A mapping file in, a typed mapping out: which column fills which field, and what each answer stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aipolicy.errors import MappingError
from aipolicy.facts.spec import FactType, FactValue, Origin
from aipolicy.importing.rules import (
    Answer,
    Columns,
    Condition,
    FieldRule,
    ImportMapping,
    Meaning,
    Reads,
    TableSource,
)
from aipolicy.importing.table import DELIMITERS, check_encoding
from aipolicy.importing.targets import Problem, Target, fact_value, find_target
from aipolicy.importing.words import Words, fold_header, fold_word, make_words
from aipolicy.source.document import MAPPING_KIND
from aipolicy.source.records import Mistakes, Record
from aipolicy.source.suggest import did_you_mean
from aipolicy.source.yaml_records import read_kind, read_records

SHORT_ROWS = ("leave-out", "unknown")

Vocabularies = Mapping[str, Sequence[str]]


def read_mapping(path: str, data: bytes, vocabularies: Vocabularies | None = None) -> ImportMapping:
    """Return the mapping of a file; raises `MappingError` with every mistake at its line.

    `vocabularies` gives the words of open vocabularies by name; words of the others are not checked.
    """
    mistakes = Mistakes(MappingError)
    tops = read_records(path, data, mistakes, if_empty="expected one document, found 0")
    mistakes.raise_if_any()
    if len(tops) != 1:
        raise MappingError(f"expected one document, found {len(tops)}", path=path)
    mapping = _Reader(mistakes, vocabularies or {}).read(tops[0])
    mistakes.raise_if_any()
    return mapping


class _Reader:
    """Reads one mapping file, noting every mistake."""

    def __init__(self, mistakes: Mistakes, vocabularies: Vocabularies) -> None:
        self._mistakes = mistakes
        self._vocabularies = vocabularies
        self._unknown: dict[str, Answer] = {}

    def read(self, top: Record) -> ImportMapping:
        read_kind(top, MAPPING_KIND)
        self._unknown = dict.fromkeys(top.texts("unknown", ()), Answer(Meaning.UNKNOWN))
        name_columns = self._name(top)
        rules = [rule for record in top.records("fields") if (rule := self._rule(record)) is not None]
        mapping = ImportMapping(
            path=top.document.source.path,
            description=top.text("description", ""),
            source=self._source(top),
            encoding=self._encoding(top),
            delimiter=top.text("delimiter", "auto", ("auto", *DELIMITERS)),
            keeps_short_rows=top.text("short_rows", SHORT_ROWS[0], SHORT_ROWS) == SHORT_ROWS[1],
            unknown=make_words(self._unknown),
            name=name_columns,
            constants=self._constants(top, {rule.target.field for rule in rules}),
            fields=tuple(rules),
        )
        top.finish()
        return mapping

    def _name(self, top: Record) -> Columns:
        if not top.has("name"):
            top.mistake("missing key `name`; say under `columns` which column holds the name of a use case")
            return ()
        record = top.record("name")
        columns = self._columns(record)
        record.finish()
        return columns

    def _source(self, top: Record) -> TableSource:
        if not top.has("source"):
            top.mistake("missing key `source`; say under `title` where the table comes from")
            return TableSource(title="")
        record = top.record("source")
        source = TableSource(
            title=record.text("title"),
            url=record.text("url", ""),
            checked_on=record.optional_day("checked_on"),
        )
        for key, text in (("title", source.title), ("url", source.url)):
            if len(text) > 1000:
                record.mistake(f"`{key}` has {len(text)} characters; the limit is 1000", key)
        record.finish()
        return source

    def _encoding(self, top: Record) -> str:
        encoding = top.text("encoding", "auto")
        problem = check_encoding(encoding) if encoding != "auto" else None
        if problem is not None:
            top.mistake(problem, "encoding")
        return encoding

    def _constants(self, top: Record, mapped: set[str]) -> dict[str, FactValue]:
        record = top.record("constants")
        constants: dict[str, FactValue] = {}
        for field in record.field_names():
            target = find_target(field)
            if isinstance(target, Problem):
                record.mistake(target.message, field, "key")
                continue
            if field in mapped:
                record.mistake(f"`{field}` is also filled from a column; keep one of the two", field, "key")
            value = fact_value(target, record.raw(field))
            if isinstance(value, Problem):
                record.mistake(value.message, field)
            else:
                self._check_words(record, field, target, value)
                constants[field] = value
        return constants

    def _rule(self, record: Record) -> FieldRule | None:
        target = find_target(record.text("field"))
        if isinstance(target, Problem):
            if record.has("field"):
                record.mistake(target.message, "field")
            return None
        reads = self._reads(record, target)
        parts = self._parts(record, reads)
        answers = self._answers(record, target, reads)
        split = record.texts("split", ())
        if split and (reads is not Reads.VALUES or "" in split):
            record.mistake("`split` takes separators, and only together with `values`", "split")
        keep_partial = record.text("partial", "leave-out", ("leave-out", "keep")) == "keep"
        if keep_partial and (target.spec.type is not FactType.TEXTS or not split):
            record.mistake("`partial` is for list fields with `split`; leave it out", "partial")
        rule = FieldRule(
            target=target, parts=parts, reads=reads, join=record.text("join", " "), answers=answers,
            split=split, keep_partial=keep_partial, when=self._condition(record),
        )  # fmt: skip
        if len(parts) < 2 and record.has("join"):
            record.mistake("`join` is for a field with `parts`; leave it out", "join")
        record.finish()
        return rule

    def _reads(self, record: Record, target: Target) -> Reads:
        chosen = [reads for reads in Reads if record.has(reads.value)]
        for reads in (Reads.TEXT, Reads.NUMBER):
            if reads in chosen and not record.flag(reads.value):
                record.mistake(f"`{reads.value}` can only be true; leave it out", reads.value)
        if len(chosen) != 1:
            record.mistake("say how answers are read: exactly one of `values`, `text: true` and `number: true`")
        reads = chosen[0] if chosen else Reads.VALUES
        takes_text = target.spec.type is FactType.LABELS or (
            target.spec.type is FactType.TEXT and not target.spec.choices
        )
        if reads is Reads.TEXT and (not takes_text or target.spec.origin is Origin.EVIDENCE):
            record.mistake(f"`{target.field}` takes no free text; list the answers under `values`", "text")
        if reads is Reads.NUMBER and target.spec.type is not FactType.NUMBER:
            record.mistake(f"`{target.field}` takes no number; list the answers under `values`", "number")
        return reads

    def _parts(self, record: Record, reads: Reads) -> tuple[Columns, ...]:
        if not record.has("parts"):
            return (self._columns(record),)
        if record.has("columns"):
            record.mistake("write either `columns` or `parts`", "parts", "key")
        if reads is not Reads.TEXT:
            record.mistake("`parts` are for text; write `columns`", "parts", "key")
        parts = []
        for part in record.records("parts"):
            parts.append(self._columns(part))
            part.finish()
        return tuple(parts)

    def _columns(self, record: Record) -> Columns:
        columns = record.texts("columns")
        if record.has("columns") and not all(fold_header(column) for column in columns):
            record.mistake("`columns` has an empty header; write the text of the column's header", "columns")
        elif columns == () and isinstance(record.raw("columns"), list):
            record.mistake("`columns` is empty; write at least one header", "columns")
        return columns

    def _answers(self, record: Record, target: Target, reads: Reads) -> Words[Answer]:
        answers: dict[str, Answer] = {}
        places: dict[tuple[str, bool], str] = {}
        for word, value in (self._values(record, target) if reads is Reads.VALUES else {}).items():
            answers[word] = Answer(Meaning.STATES, value)
            places[fold_word(word)] = "values"
        for meaning in (Meaning.INCOMPLETE, Meaning.UNKNOWN):
            for word in record.texts(meaning.value, ()):
                first = places.setdefault(fold_word(word), meaning.value)
                if first != meaning.value:
                    record.mistake(f"`{word}` stands under `{first}` too; keep one of the two", meaning.value)
                answers.setdefault(word, Answer(meaning))
        # INVARIANT: what the field says about an answer comes before what the whole mapping says.
        return make_words({**answers, **{word: a for word, a in self._unknown.items() if word not in answers}})

    def _values(self, record: Record, target: Target) -> dict[str, FactValue]:
        answers = record.record("values")
        values: dict[str, FactValue] = {}
        seen: dict[tuple[str, bool], str] = {}
        for word in answers.field_names():
            first = seen.setdefault(fold_word(word), word)
            if first != word:
                answers.mistake(f"`{word}` is the same answer as `{first}`; keep one of the two", word, "key")
            if not fold_word(word)[0]:
                answers.mistake("a blank answer is always unknown; leave it out", word, "key")
            value = fact_value(target, answers.raw(word))
            if isinstance(value, Problem):
                answers.mistake(value.message, word)
            else:
                self._check_words(answers, word, target, value)
                values[word] = value
        if not answers.field_names():
            record.mistake("`values` is empty; map at least one answer", "values")
        return values

    def _check_words(self, record: Record, key: str, target: Target, value: FactValue) -> None:
        known = self._vocabularies.get(target.spec.vocabulary)
        if not known:
            return
        for word in value if isinstance(value, tuple) else (value,):
            if isinstance(word, str) and word not in known:
                record.mistake(f"unknown {target.spec.vocabulary} `{word}`{did_you_mean(word, known)}", key)

    def _condition(self, record: Record) -> Condition | None:
        if not record.has("when"):
            return None
        condition = record.record("when")
        columns = self._columns(condition)
        answers = condition.texts("is")
        condition.finish()
        return Condition(columns, make_words(dict.fromkeys(answers, True)))
