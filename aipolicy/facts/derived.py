"""Facts that follow from other facts and the catalog; each formula names what it read or what it misses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from aipolicy.catalog.axes import KINDS, TIERS
from aipolicy.catalog.catalog import Catalog
from aipolicy.facts.expected import ANYWHERE, NO_TARGET, RESIDENCY, RESULTS, TARGET
from aipolicy.facts.migration_stages import (
    DUE,
    OUT_OF_ORDER,
    STAGE_FACTS,
    STAGES,
    stages_due,
    stages_out_of_order,
)
from aipolicy.facts.spec import FactSpec, FactType, FactValue, Origin
from aipolicy.source.day import day_number, read_day
from aipolicy.value import Frozen

DAYS_PER_MONTH = 30.4
"""365 / 12, rounded; stated wherever a month is shown."""

MANIFEST_PATH = "manifest.path"
RUN_DAY = "run.day"
_TRIED = "task.prompting_model"
_ON_MARKET = "deployment.on_market_since"
SUBJECT_REGIONS = "data.subject_regions"
_PAST_PROTOTYPE = frozenset({"pilot", "production"})


class Missing(Frozen):
    """A value that cannot be derived until these facts are declared; one of them may be enough."""

    facts: tuple[str, ...]


class Sources(Frozen):
    """What formulas read: the values of facts, never whether they were declared, and the catalog."""

    values: Mapping[str, FactValue]
    catalog: Catalog
    path_in_repository: str | None = None
    day: date | None = None
    """The day of the run; None in examples, which hold on every day."""


Formula = Callable[[Sources], "FactValue | Missing"]


class DerivedFact(Frozen):
    spec: FactSpec
    formula: Formula


def _texts(values: Mapping[str, FactValue], name: str) -> tuple[str, ...] | None:
    value = values.get(name)
    return value if isinstance(value, tuple) else None


def _number(values: Mapping[str, FactValue], name: str) -> float | None:
    value = values.get(name)
    return value if isinstance(value, float) else None


def _text(values: Mapping[str, FactValue], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) else None


def _known_classes(sources: Sources) -> tuple[str, ...] | Missing:
    """Return the declared classes; a word that is no class leaves everything about them unknown."""
    classes = _texts(sources.values, "data.classes")
    by_id = sources.catalog.data_classes.by_id
    if not classes or any(name not in by_id for name in classes):
        return Missing(("data.classes",))
    return classes


def _kinds(sources: Sources) -> FactValue | Missing:
    classes = _known_classes(sources)
    return classes if isinstance(classes, Missing) else sources.catalog.data_classes.kinds(classes)


def _sensitivity(sources: Sources) -> FactValue | Missing:
    classes = _known_classes(sources)
    return classes if isinstance(classes, Missing) else sources.catalog.data_classes.level(classes)


def _regimes(sources: Sources) -> FactValue | Missing:
    classes = _known_classes(sources)
    return classes if isinstance(classes, Missing) else sources.catalog.data_classes.regimes(classes)


def _personal(sources: Sources) -> FactValue | Missing:
    kinds = _kinds(sources)
    return kinds if isinstance(kinds, Missing) else "personal" in kinds  # type: ignore[operator]


def _countries(declared: str) -> Formula:
    def formula(sources: Sources) -> FactValue | Missing:
        places = _texts(sources.values, declared)
        if places == (ANYWHERE,) and declared == RESIDENCY:
            return tuple(sorted(sources.catalog.places.codes))
        if places is None or not all(sources.catalog.places.knows(place) for place in places):
            return Missing((declared,))
        return sources.catalog.places.countries(places)

    return formula


def _places(sources: Sources) -> FactValue | Missing:
    """Return the countries of the people concerned and, where they are said, the subdivisions."""
    catalog, declared = sources.catalog.places, _texts(sources.values, SUBJECT_REGIONS)
    if declared is None or not all(map(catalog.knows, declared)):
        return Missing((SUBJECT_REGIONS,))
    parts = [catalog.chain(place) for place in declared if catalog.is_part(place)]
    if any(outer in declared for chain in parts for outer in chain[1:]):
        return Missing((SUBJECT_REGIONS,))  # NOTE: of a country and one of its parts nobody knows which is meant.
    return tuple(sorted({*catalog.countries(declared), *(place for chain in parts for place in chain)}))


def _places_in_full(sources: Sources) -> FactValue | Missing:
    """Return true; unknown where a place is declared whose parts are not told apart."""
    catalog, places = sources.catalog.places, _places(sources)
    if not isinstance(places, tuple):
        return Missing((SUBJECT_REGIONS,))
    outer_places = {outer for place in places if catalog.is_part(place) for outer in catalog.chain(place)[1:]}
    whole = (place for place in places if place not in outer_places)
    return Missing((SUBJECT_REGIONS,)) if any(map(catalog.has_parts, whole)) else True


def _residency_restricted(sources: Sources) -> FactValue | Missing:
    places = _texts(sources.values, RESIDENCY)
    return Missing((RESIDENCY,)) if places is None else places != (ANYWHERE,)


def _task_attribute(attribute: str) -> Formula:
    def formula(sources: Sources) -> FactValue | Missing:
        task_type = sources.catalog.task_types.get(_text(sources.values, "task.type") or "")
        value: FactValue | None = None if task_type is None else getattr(task_type, attribute)
        return Missing(("task.type",)) if value is None else value

    return formula


_MEASURED_ON = "plan.measured.on"


def _age_of_measurement(sources: Sources) -> FactValue | Missing:
    written = _text(sources.values, _MEASURED_ON)
    if written is None:
        return 0.0
    day = read_day(written)
    return Missing((_MEASURED_ON,)) if day is None else float((sources.catalog.as_of - day).days)


def _prompting_shown_on(sources: Sources) -> FactValue | Missing:
    """Return the classes of models that are at least as capable as the one that was tried."""
    tried = _text(sources.values, _TRIED) or ""
    if tried and tried not in TIERS:
        from aipolicy.catalog.model_names import read_model_name

        model = sources.catalog.models.get(read_model_name(tried, sources.catalog, None).model or "")
        tried = "" if model is None else model.tier
    return tuple(TIERS[TIERS.index(tried) :]) if tried in TIERS else Missing((_TRIED,))


def _manifest_path(sources: Sources) -> FactValue | Missing:
    path = sources.path_in_repository
    return Missing((MANIFEST_PATH,)) if path is None else path


def _past_prototype(sources: Sources) -> FactValue | Missing:
    lifecycle = _text(sources.values, "metadata.lifecycle")
    return Missing(("metadata.lifecycle",)) if lifecycle is None else lifecycle in _PAST_PROTOTYPE


def _requests_in_12_months(sources: Sources) -> FactValue | Missing:
    later = _number(sources.values, "volume.requests_per_day_in_12_months")
    if later is not None:
        return later
    now = _number(sources.values, "volume.requests_per_day")
    growth = _number(sources.values, "volume.growth_12_months")
    if growth is None:
        return Missing(("volume.growth_12_months",))
    return Missing(("volume.requests_per_day",)) if now is None else now * growth


def _product(*names: str, factor: float = 1.0) -> Formula:
    def formula(sources: Sources) -> FactValue | Missing:
        product = factor
        missing = []
        for name in names:
            value = _number(sources.values, name)
            if value is None:
                missing.append(name)
            else:
                product *= value
        return Missing(tuple(missing)) if missing else product

    return formula


def _tokens_per_day(sources: Sources) -> FactValue | Missing:
    names = ("volume.requests_per_day", "volume.input_tokens", "volume.output_tokens")
    requests, inputs, outputs = (_number(sources.values, name) for name in names)
    if requests is None or inputs is None or outputs is None:
        return Missing(tuple(name for name in names if _number(sources.values, name) is None))
    return requests * (inputs + outputs)


def _ways(*, reached: bool) -> Formula:
    def formula(sources: Sources) -> FactValue | Missing:
        results, target = sources.values.get(RESULTS), sources.values.get(TARGET)
        if not isinstance(results, tuple) or not isinstance(target, float):
            return Missing((RESULTS,))
        if not results or target == NO_TARGET:
            return ()
        # NOTE: few features have any; a start does not pay for it.
        from aipolicy.facts.evaluation_results import ways_with

        ways = ways_with(sources.values, reached=reached)
        return Missing((RESULTS,)) if ways is None else ways

    return formula


def _stages(sources: Sources) -> tuple[str, ...] | Missing:
    return _of_stages(sources) or stages_due(sources.values, sources.catalog.as_of)


def _out_of_order(sources: Sources) -> tuple[str, ...] | Missing:
    return _of_stages(sources) or stages_out_of_order(sources.values)


def _of_stages(sources: Sources) -> Missing | None:
    unsaid = tuple(fact for fact in STAGE_FACTS.values() if fact not in sources.values)
    return Missing(unsaid) if unsaid else None


def _day_as_number(sources: Sources) -> FactValue | Missing:
    """Return a day as YYYYMMDD: conditions order numbers, and no words."""
    text = _text(sources.values, _ON_MARKET) or ""
    return float(text.replace("-", "")) if read_day(text) is not None else Missing((_ON_MARKET,))


def _run_day(sources: Sources) -> FactValue | Missing:
    return Missing((RUN_DAY,)) if sources.day is None else day_number(sources.day)


def _fact(name: str, type_: FactType, meaning: str, formula: Formula, reads: tuple[str, ...],
          unit: str = "", vocabulary: str = "", choices: tuple[str, ...] = ()) -> DerivedFact:  # fmt: skip
    spec = FactSpec(
        name, type_, meaning, Origin.DERIVED, unit=unit, reads=reads, vocabulary=vocabulary, choices=choices
    )
    return DerivedFact(spec, formula)


DERIVED_FACTS: tuple[DerivedFact, ...] = (
    _fact("plan.evaluation.reached", FactType.TEXTS,
          "Ways, as adaptation and model, that reach the target for certain: the whole interval of their results does",
          _ways(reached=True), (RESULTS, TARGET)),
    _fact("plan.evaluation.missed", FactType.TEXTS, "Ways that miss the target for certain", _ways(reached=False),
          (RESULTS, TARGET)),
    _fact("data.kinds", FactType.TEXTS, "The declared data classes and everything they are a kind of", _kinds,
          ("data.classes",), vocabulary="data-class"),
    _fact("data.sensitivity", FactType.NUMBER, "Highest level among the data classes, 0 public to 4 restricted",
          _sensitivity, ("data.classes",), unit="level"),
    _fact("data.regimes", FactType.TEXTS, "Regimes that the data classes fall under", _regimes, ("data.classes",),
          vocabulary="regime"),
    _fact("data.personal", FactType.BOOL, "Whether any class is a kind of personal data", _personal, ("data.classes",)),
    _fact("data.residency_countries", FactType.TEXTS, "Countries that the residency allows",
          _countries(RESIDENCY), (RESIDENCY,), vocabulary="country"),
    _fact("data.residency_restricted", FactType.BOOL, "Whether the residency allows some places only; `any` allows all",
          _residency_restricted, (RESIDENCY,)),
    _fact("data.subject_countries", FactType.TEXTS, "Countries in which the people concerned are",
          _countries(SUBJECT_REGIONS), (SUBJECT_REGIONS,), vocabulary="country"),
    *(
        _fact(f"{of}.countries", FactType.TEXTS, meaning, _countries(f"{of}.regions"), (f"{of}.regions",),
              vocabulary="country")
        for of, meaning in (
            ("deployment", "Countries in which the feature is offered or its output used"),
            ("organization", "Countries in which the organisation is established"),
        )
    ),
    _fact("data.subject_places", FactType.TEXTS,
          "Countries in which the people concerned are and, where they are said, their subdivisions such as `US-CA`",
          _places, (SUBJECT_REGIONS,), vocabulary="place"),
    _fact("data.subject_places_in_full", FactType.BOOL,
          "True; unknown where a country is declared and not which of its subdivisions", _places_in_full,
          (SUBJECT_REGIONS,)),
    _fact("task.family", FactType.TEXT, "What the task works on", _task_attribute("family"), ("task.type",),
          choices=("language", "code", "vision", "audio", "tabular")),
    _fact("task.foundation_models_serve", FactType.BOOL,
          "Whether general pretrained models do this kind of task out of the box",
          _task_attribute("foundation_models"), ("task.type",)),
    _fact("plan.measured.age_days", FactType.NUMBER, "Days since the plan was measured; 0 where nothing was measured",
          _age_of_measurement, (_MEASURED_ON,), unit="days"),
    _fact("task.kinds", FactType.TEXTS, "What a model must give to do this kind of task, one of these",
          _task_attribute("kinds"), ("task.type",), choices=KINDS),
    _fact("task.prompting_shown_on", FactType.TEXTS,
          "Classes of models for which holds what was found of prompting: that of the model tried, and more capable ones",
          _prompting_shown_on, (_TRIED,), choices=TIERS),
    _fact("metadata.past_prototype", FactType.BOOL, "Whether the lifecycle is pilot or production", _past_prototype,
          ("metadata.lifecycle",)),
    _fact("volume.requests_per_month", FactType.NUMBER, "Mean requests a month of 30.4 days",
          _product("volume.requests_per_day", factor=DAYS_PER_MONTH), ("volume.requests_per_day",),
          unit="requests/month"),
    _fact("volume.requests_per_second_peak", FactType.NUMBER, "Requests a second in the busiest minute",
          _product("volume.requests_per_day", "volume.peak_to_mean", factor=1 / 86_400),
          ("volume.requests_per_day", "volume.peak_to_mean"), unit="requests/s"),
    _fact("volume.requests_per_day_later", FactType.NUMBER, "Requests a day in twelve months, declared or by growth",
          _requests_in_12_months,
          ("volume.requests_per_day_in_12_months", "volume.requests_per_day", "volume.growth_12_months"),
          unit="requests/day"),
    _fact("volume.tokens_per_day", FactType.NUMBER, "Tokens in and out a day", _tokens_per_day,
          ("volume.requests_per_day", "volume.input_tokens", "volume.output_tokens"), unit="tokens/day"),
    _fact(DUE, FactType.TEXTS, "Stages of the migration whose day has come", _stages, tuple(STAGE_FACTS.values()),
          choices=tuple(STAGES)),
    _fact(OUT_OF_ORDER, FactType.TEXTS, "Stages of the migration whose day is before that of one which comes first",
          _out_of_order, tuple(STAGE_FACTS.values()), choices=tuple(STAGES)),
    _fact("deployment.on_market_day", FactType.NUMBER,
          "Day on which it was first offered or put into service, as the number YYYYMMDD", _day_as_number, (_ON_MARKET,),
          unit="YYYYMMDD"),
    _fact(RUN_DAY, FactType.NUMBER, "Day of the run, as the number YYYYMMDD; examples give it themselves", _run_day, (),
          unit="YYYYMMDD"),
    _fact(MANIFEST_PATH, FactType.TEXT,
          "Path of the manifest from the root of its repository; unknown on standard input and where there is none",
          _manifest_path, ()),
)  # fmt: skip
