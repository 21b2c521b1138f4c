"""One entry under `fields` of a mapping file in, a rule for a field out, or mistakes at their lines."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.facts.declared import EVIDENCE_FIELDS
from aipolicy.facts.spec import FactType, FactValue, Origin
from aipolicy.importing.days import ISO, DayFormat, day_format
from aipolicy.importing.numbers import DECIMAL_SIGNS, GROUP_SIGNS, NumberSigns
from aipolicy.importing.rules import AnswerMeaning, ColumnCondition, Columns, DocumentPart, FieldRule, Meaning, Reads
from aipolicy.importing.targets import Fields, Problem, Target, fact_value
from aipolicy.importing.words import WordTable, fold_header, fold_word, make_words
from aipolicy.source.records import Record
from aipolicy.source.text import shown

PLACES = frozenset({"place", "residency"})
"""The vocabularies whose words are countries and groups of them."""
_DAYS = ("date", "expires")
_WAYS = (Reads.VALUES, Reads.TEXT, Reads.NUMBER, Reads.DATE, Reads.COUNTRIES)


class FieldReader:
    """Reads the entries under `fields`; `unknown` are the answers that say nothing about any field."""

    def __init__(self, fields: Fields, unknown: Mapping[str, AnswerMeaning]) -> None:
        self._fields = fields
        self._unknown = unknown

    def read(self, record: Record) -> FieldRule | None:
        """Return the rule for one field, or None where there is no such field."""
        target = self._fields.find(record.text("field"))
        if isinstance(target, Problem):
            if record.has("field"):
                record.mistake(target.message, "field")
            return None
        document = _document(record, target)
        reads = _reads(record, target, has_document=bool(document))
        parts = _parts(record, reads)
        rule = FieldRule(
            target=target, parts=parts, reads=reads, join=record.text("join", " "),
            answers=self._answers(record, target, reads, has_document=bool(document)), split=_split(record, target, reads),
            keep_partial=record.text("partial", "leave-out", ("leave-out", "keep")) == "keep",
            takes_first=record.text("several", "agree", ("agree", "first")) == "first", blank=_blank(record, target),
            when=read_condition(record.record("when")) if record.has("when") else None, signs=_signs(record),
            days=_days(record) if reads is Reads.DATE else (), document=document,
        )  # fmt: skip
        _check_together(record, rule)
        record.finish()
        return rule

    def _answers(self, record: Record, target: Target, reads: Reads, *, has_document: bool) -> WordTable[AnswerMeaning]:
        answers: dict[str, AnswerMeaning] = {}
        places: dict[tuple[str, bool], str] = {}
        if record.has("values"):
            for place, (word, value) in enumerate(_values(record, target, has_document=has_document).items()):
                answers[word] = AnswerMeaning(Meaning.STATES, value, place)
                places[fold_word(word)] = "values"
        for meaning in (Meaning.INCOMPLETE, Meaning.UNKNOWN):
            for word in record.texts(meaning.value, ()):
                first = places.setdefault(fold_word(word), meaning.value)
                if first != meaning.value:
                    record.mistake(f"`{word}` stands under `{first}` too; keep one of the two", meaning.value)
                answers.setdefault(word, AnswerMeaning(meaning))
        # INVARIANT: what the field says about an answer comes before what the whole mapping says.
        return make_words({**answers, **{word: a for word, a in self._unknown.items() if word not in answers}})


def read_columns(record: Record) -> Columns:
    """Return the headers of a column in the editions of a table."""
    columns = record.texts("columns")
    if record.has("columns") and not all(fold_header(column) for column in columns):
        record.mistake("`columns` has an empty header; write the text of the column's header", "columns")
    elif columns == () and isinstance(record.raw("columns"), list):
        record.mistake("`columns` is empty; write at least one header", "columns")
    return columns


def read_parts(record: Record) -> list[Columns]:
    """Return the columns of every entry of `parts`."""
    parts = []
    for part in record.records("parts"):
        parts.append(read_columns(part))
        part.finish()
    return parts


def read_condition(record: Record) -> ColumnCondition:
    """Return what the answer of a column must be, or with `is_not` must not be."""
    columns = read_columns(record)
    negated = record.has("is_not")
    if negated and record.has("is"):
        record.mistake("write either `is` or `is_not`", "is_not", "key")
    key = "is_not" if negated else "is"
    answers = record.texts(key)
    if answers == () and isinstance(record.raw(key), list):
        record.mistake(f'`{key}` is empty; write at least one answer, `""` for a blank one', key)
    record.finish()
    return ColumnCondition(columns, make_words(dict.fromkeys(answers, True)), answers, negated)


def _reads(record: Record, target: Target, *, has_document: bool) -> Reads:
    chosen = [reads for reads in _WAYS if record.has(reads.value)]
    for reads in (Reads.TEXT, Reads.COUNTRIES):
        if reads in chosen and not record.flag(reads.value):
            record.mistake(f"`{reads.value}` can only be true; leave it out", reads.value)
    if Reads.NUMBER in chosen and record.raw("number") is False:
        record.mistake("`number` can only be true, or say which sign is `decimal`; leave it out", "number")
    if has_document and not chosen and not record.has("columns"):
        return Reads.DOCUMENT
    # NOTE: what the words of an answer state may stand beside how all other answers are read.
    ways = [reads for reads in chosen if reads is not Reads.VALUES] or chosen
    if len(ways) != 1:
        record.mistake(
            "say how answers are read: exactly one of `values`, `text: true`, `number: true`, `date` and "
            "`countries: true`; `values` may stand beside one of the others"
        )
    reads = ways[0] if ways else Reads.VALUES
    problem = _unfit(target, reads)
    if problem:
        record.mistake(f"`{target.field}` {problem}; list the answers under `values`", reads.value)
    return reads


def _unfit(target: Target, reads: Reads) -> str:
    """Return why a field cannot be read so, or nothing."""
    spec = target.spec
    is_text = spec.type in (FactType.LABELS, FactType.TEXT, FactType.TEXTS) and spec.origin is not Origin.EVIDENCE
    match reads:
        case Reads.TEXT if not is_text or spec.choices:
            return "takes no free text"
        case Reads.NUMBER if spec.type is not FactType.NUMBER:
            return "takes no number"
        case Reads.DATE if not is_text or spec.choices or spec.vocabulary or spec.type is FactType.TEXTS:
            return "takes no day"
        case Reads.COUNTRIES if not is_text or (spec.vocabulary not in PLACES and (spec.choices or spec.vocabulary)):
            return "takes no countries"
    return ""


def _parts(record: Record, reads: Reads) -> tuple[Columns, ...]:
    if reads is Reads.DOCUMENT:
        return ()
    if not record.has("parts"):
        return (read_columns(record),)
    if record.has("columns"):
        record.mistake("write either `columns` or `parts`", "parts", "key")
    if reads is not Reads.TEXT:
        record.mistake("`parts` are for text; write `columns`", "parts", "key")
    return tuple(read_parts(record))


def _split(record: Record, target: Target, reads: Reads) -> tuple[str, ...]:
    split = record.texts("split", ())
    single = reads in (Reads.NUMBER, Reads.DATE, Reads.DOCUMENT)
    if split and ("" in split or single or (reads is Reads.TEXT and target.spec.type is not FactType.TEXTS)):
        record.mistake("`split` takes separators, and only for lists and together with `values`", "split")
    return split


def _signs(record: Record) -> NumberSigns:
    if not isinstance(record.raw("number"), dict):
        if record.has("number") and not isinstance(record.raw("number"), bool):
            record.mistake(
                'write `number: true`, or which sign is which: `number: {decimal: ",", groups: "."}`', "number"
            )
        return NumberSigns()
    signs = record.record("number")
    decimal = signs.text("decimal", choices=DECIMAL_SIGNS)
    groups = signs.text("groups", "", ("", *GROUP_SIGNS))
    if decimal and decimal == groups:
        signs.mistake("one sign cannot stand before fractions and between groups", "groups")
    signs.finish()
    return NumberSigns(decimal, groups)


def _days(record: Record) -> tuple[DayFormat, ...]:
    formats = []
    for form in record.texts("date"):
        day_form = day_format(form)
        if day_form is None:
            record.mistake(
                f"`{shown(form)}` is no form of a day; write one such as `{ISO}`, `DD.MM.YYYY`, `M/D/YYYY`, "
                f"`D MMM YYYY` or, where a time follows, `{ISO}*`",
                "date",
            )
        else:
            formats.append(day_form)
    if record.raw("date") == []:
        record.mistake(f"`date` is empty; write at least one form, such as `{ISO}`", "date")
    return tuple(formats)


def _document(record: Record, target: Target) -> tuple[DocumentPart, ...]:
    if not record.has("document"):
        return ()
    if target.spec.origin is not Origin.EVIDENCE:
        record.mistake(f"`{target.field}` is no evidence; leave `document` out", "document", "key")
    document = record.record("document")
    parts = []
    for key in EVIDENCE_FIELDS:
        if document.has(key):
            part = document.record(key)
            text = part.text("text", "") if key not in _DAYS else ""
            columns = read_columns(part) if not text else ()
            days = _days(part) if key in _DAYS and part.has("date") else ()
            if key in _DAYS and not days:
                part.mistake(f"say under `date` in which form the days are, such as `{ISO}`", "date")
            part.finish()
            parts.append(DocumentPart(key, columns, days, text))
        elif key in ("owner", "date"):
            document.mistake(f"missing key `{key}`; evidence has an owner and a date")
    document.finish()
    return tuple(parts)


def _blank(record: Record, target: Target) -> FactValue | None:
    if not record.has("blank"):
        return None
    value = fact_value(target, record.raw("blank"))
    if isinstance(value, Problem):
        record.mistake(value.message, "blank")
        return None
    return value


def _values(record: Record, target: Target, *, has_document: bool) -> dict[str, FactValue]:
    answers = record.record("values")
    values: dict[str, FactValue] = {}
    seen: dict[tuple[str, bool], str] = {}
    for word in answers.field_names():
        first = seen.setdefault(fold_word(word), word)
        if first != word:
            answers.mistake(f"`{word}` is the same answer as `{first}`; keep one of the two", word, "key")
        if not fold_word(word)[0]:
            answers.mistake("a blank answer is unknown; say under `blank` what it states, if it states it", word, "key")
        stated = answers.raw(word)
        value = True if has_document and stated is True else fact_value(target, stated)
        if isinstance(value, Problem):
            answers.mistake(value.message, word)
        else:
            values[word] = value
    if not answers.field_names():
        record.mistake("`values` is empty; map at least one answer", "values")
    return values


def _check_together(record: Record, rule: FieldRule) -> None:
    """Note keys that say nothing beside the others."""
    is_list = rule.target.spec.type is FactType.TEXTS
    if len(rule.parts) < 2 and record.has("join"):
        record.mistake("`join` is for a field with `parts`; leave it out", "join")
    if rule.keep_partial and (not is_list or not rule.split):
        record.mistake("`partial` is for list fields with `split`; leave it out", "partial")
    if rule.takes_first and (is_list or not rule.split or rule.reads is not Reads.VALUES):
        record.mistake(
            "`several` is for `values` of fields that hold one answer, with `split`; leave it out", "several"
        )
    if rule.blank is not None and not rule.parts:
        record.mistake("`blank` is for a field with `columns`; leave it out", "blank")
