"""What the catalog or the configuration does not say: never to be declared, but looked up, and written to a named file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aipolicy.answer.model import Gap
from aipolicy.catalog.axes import KINDS, TERMS_OF_PACKS
from aipolicy.catalog.catalog import Catalog
from aipolicy.evaluation.evaluation import Evaluation, RuleEvaluation
from aipolicy.evaluation.option_masks import fewest, first_in
from aipolicy.evaluation.option_set import OptionSet
from aipolicy.evaluation.paired_set import PairedSet
from aipolicy.evaluation.rule_evaluator import RuleEvaluator
from aipolicy.facts.all_facts import OFFERED_TERMS, OPTION_PREFIX, REGISTRY, is_option_fact, is_partner_fact, of_leg
from aipolicy.findings.finding import Severity
from aipolicy.options.estimates import LATENCY_FACTS
from aipolicy.options.option import Leg
from aipolicy.options.workload import NO_WORKLOAD
from aipolicy.policy.cel.expressions import Truth
from aipolicy.policy.rule import RuleKind

if TYPE_CHECKING:
    from aipolicy.evaluation.deciding import DecidingLeg

CONFIGURATION = "aipolicy.toml"
_OWN_SITES = "organization.on_premises_countries"
_ENTRIES: Mapping[str, tuple[str, str]] = {
    "offers_dpa": ("terms", "dpa_offered"),
    "offers_baa": ("terms", "baa_offered"),
    "offers_sccs": ("terms", "eu_sccs_offered"),
    "dpf_certified": ("terms", "dpf_certified"),
    "no_training": ("terms", "no_training_by_default"),
    "offers_zero_retention": ("terms", "zero_retention_offered"),
    "retention_days": ("terms", "retention_days"),
    "regions": ("regions", "countries"),
    "model_pinned": ("models", "pinned"),
    "days_until_retirement": ("models", "retires_on"),
    "tier": ("models", "tier"),
    "top_tier": ("models", "tier"),
    "foundation_model": ("models", "tier"),
    "modalities": ("models", "modalities"),
    "reasoning_score": ("scores", "score"),
    "coding_score": ("scores", "score"),
    "dialogue_score": ("scores", "score"),
    "fits_load": ("models", "layers"),
    "fits_window": ("models", "max_output_tokens"),
    "context_tokens": ("models", "context_tokens"),
    "max_input_tokens": ("models", "max_input_tokens"),
    "max_output_tokens": ("models", "max_output_tokens"),
    "ml_engineers": ("effort", "ml_engineers"),
    "capacity_months": ("effort", "lead_time_weeks"),
    "lead_time_weeks": ("effort", "lead_time_weeks"),
    "labelled_examples": ("effort", "labelled_examples"),
}
"""The section of a catalog file and the key that says a fact of an option; estimates have their own."""
_TIMES = frozenset(name.removeprefix(OPTION_PREFIX) for name in LATENCY_FACTS)
_SAID = ("hosting", "adaptation", "provider", "region", "model", "fallback")
_MOST_NAMES = 3


def gaps_of(
    evaluation: Evaluation, rule_evaluator: RuleEvaluator, option_set: OptionSet, number: int, *, of_plan: bool
) -> Iterator[Gap]:
    """Yield what is not known of one way and leaves a rule of severity error undecided for it."""
    for ruled, _ in _undecided(evaluation, option_set, 1 << number):
        for name, leg in _unknown(evaluation, rule_evaluator, ruled, option_set, number):
            yield _gap(name, leg.option_set, leg.number, (ruled.active.rule.id,), of_plan=of_plan)


def open_gaps(evaluation: Evaluation, rule_evaluator: RuleEvaluator, mask: int, about: str) -> Iterator[Gap]:
    """Yield what is not known of ways that are all open, once for each thing to look up: the fewest that open one."""
    option_set = evaluation.candidates
    undecided = {ruled.active.rule.id: open_ for ruled, open_ in _undecided(evaluation, option_set, mask)}
    mask = fewest(mask, undecided.values())
    rules: dict[tuple[str, str], set[str]] = {}
    names: dict[tuple[str, str], dict[str, None]] = {}
    for ruled, open_for in _undecided(evaluation, option_set, mask):
        for name, leg in _unknown(evaluation, rule_evaluator, ruled, option_set, first_in(open_for)):
            legs = (
                [leg]
                if leg.is_partner
                else [leg._replace(number=number) for number in _each_place(option_set, open_for)]
            )
            for place in legs:
                gap = _gap(name, place.option_set, place.number, (), of_plan=False)
                rules.setdefault((gap.fact, gap.file), set()).add(ruled.active.rule.id)
                names.setdefault((gap.fact, gap.file), {})[gap.about or about] = None
    for (fact, file), ids in rules.items():
        yield Gap(_few(list(names[fact, file])), fact, file, tuple(sorted(ids)), of_plan=False)


def cost_gaps(option_set: OptionSet, number: int, *, of_plan: bool) -> Iterator[Gap]:
    """Yield what makes the cost of one way unknown."""
    option, inputs = option_set.options[number], option_set.cost_inputs(number)
    if inputs.people is None or inputs.build_weeks is None:
        about = f"{option.adaptation} on {option.hosting}"
        yield _catalog_gap(about, "effort", "ml_engineers", (), of_plan=of_plan)
    costed_legs = [(option.leg, inputs.main)]
    if option.other is not None and (inputs.cascade or inputs.stands_by):
        costed_legs.append((option.other, inputs.far if inputs.cascade else inputs.standby))
    for leg, costed in costed_legs:
        if costed is None:
            yield _catalog_gap(leg.model.id, "models", "layers", (), of_plan=of_plan)
        elif getattr(costed, "price", True) is None:
            key = "per_audio_minute" if leg.model.tier == "speech" else "input_per_mtok"
            yield _catalog_gap(_sold(leg), "prices", key, (), of_plan=of_plan)
        elif getattr(costed, "cost", True) is None:
            rented = leg.hosting == "own-cloud"
            about = f"{leg.accelerator} at {leg.provider}" if rented else leg.accelerator
            section, key = ("machine_prices", "hourly_usd") if rented else ("accelerators", "purchase_usd")
            yield _catalog_gap(about, section, key, (), of_plan=of_plan)
    training = inputs.training
    if training is not None and option.hosting == "provider-api" and training.usd_per_mtok is None:
        yield _catalog_gap(_sold(option.leg), "prices", "training_per_mtok", (), of_plan=of_plan)


def offering_gap(evaluation: Evaluation, catalog: Catalog) -> Iterator[Gap]:
    """Yield the hosted regions within the residency of which the catalog does not know what models they serve."""
    allowed = evaluation.facts.values.get("data.residency_countries")
    if evaluation.facts.values.get("data.residency_restricted") is not True or not isinstance(allowed, tuple):
        return
    kinds = evaluation.facts.values.get("task.kinds", KINDS)
    served = {
        (offering.provider, region)
        for offering in catalog.offerings
        if not isinstance(kinds, tuple) or not set(kinds).isdisjoint(catalog.models[offering.model].kinds)
        for region in offering.regions
    }
    sellers = {offering.provider for offering in catalog.offerings}
    silent = [
        f"{region.provider} {region.id}"
        for region in catalog.regions
        if region.provider in sellers
        and (region.provider, region.id) not in served
        and region.countries is not None
        and set(region.countries) <= set(allowed)
    ]
    if silent:
        yield _catalog_gap(_few(sorted(silent)), "offerings", "regions", (), of_plan=False)


def _undecided(evaluation: Evaluation, option_set: OptionSet, mask: int) -> Iterator[tuple[RuleEvaluation, int]]:
    """Yield the rules of severity error that are undetermined for options of a mask, each with these."""
    for ruled in evaluation.rules:
        outcomes = ruled.planned if option_set is evaluation.planned else ruled.candidates
        is_error = ruled.active.rule.kind is RuleKind.CONSTRAINT and ruled.active.severity is Severity.ERROR
        open_ = outcomes.within(mask).undetermined & mask if is_error else 0
        if open_:
            yield ruled, open_


def _unknown(evaluation: Evaluation, rule_evaluator: RuleEvaluator, ruled: RuleEvaluation, option_set: OptionSet,
             number: int) -> tuple[tuple[str, DecidingLeg], ...]:  # fmt: skip
    """Return the facts of an option that are unknown and leave a rule undecided, each with the leg that it is about."""
    from aipolicy.evaluation.deciding import deciding_leg, read_facts

    rule = ruled.active.rule
    leg = deciding_leg(rule, evaluation.facts, evaluation.workload, option_set, number, rule_evaluator)
    option = read_facts(evaluation, rule, leg)
    traces = rule_evaluator.trace(rule, evaluation.facts, option)
    fails = any(trace.section == "require" and trace.truth is Truth.FALSE for trace in traces)
    names = dict.fromkeys(
        name
        for trace in traces
        if trace.truth is Truth.UNKNOWN and not (fails and trace.section == "require")
        for name, value in trace.values
        if value is None and is_option_fact(name)
    )
    return tuple((of_leg(name), _partner(leg) if is_partner_fact(name) else leg) for name in names)


def _partner(leg: DecidingLeg) -> DecidingLeg:
    paired = leg.option_set
    assert isinstance(paired, PairedSet)
    partner = paired.slot_of(leg.number).partner
    return leg if partner is None else leg._replace(option_set=paired.table, number=partner, is_partner=True)


def _each_place(option_set: OptionSet, mask: int) -> list[int]:
    """Return one option for each provider and region of a mask."""
    numbers = []
    for provider in option_set.distinct("option.provider", mask):
        of_provider = mask if provider is None else mask & option_set.mask_of("option.provider", frozenset({provider}))
        for region in option_set.distinct("option.region", of_provider):
            of_region = (
                option_set.mask_of("option.region", frozenset({region})) if region is not None else option_set.full
            )
            if of_provider & of_region:
                numbers.append(first_in(of_provider & of_region))
    return numbers


def _gap(name: str, option_set: OptionSet, number: int, rules: tuple[str, ...], *, of_plan: bool) -> Gap:
    key = name.removeprefix(OPTION_PREFIX)
    words = {word: _word(option_set, number, word) for word in _SAID}
    if words["fallback"] != "none" and REGISTRY[name].of_whole:
        # NOTE: of a fact of the whole only the option itself says which of its legs it is about.
        leg = _leg_without(key, option_set.options[number].legs)
        words |= {"hosting": leg.hosting, "provider": leg.provider, "region": leg.region, "model": leg.model.id}
    if key == "regions" and words["hosting"] == "on-premises":
        return Gap("on-premises", _OWN_SITES, CONFIGURATION, rules, of_plan)
    sold = " ".join(words[word] for word in ("provider", "region", "model") if words[word])
    if key in _TIMES and words["hosting"] == "on-device":
        return Gap(f"{words['model']} on the device", "latency.p95_ms", "a measurement of your own", rules, of_plan)
    if key in _TIMES:
        return _catalog_gap(sold, "speeds", "first_token_ms", rules, of_plan=of_plan)
    if key == "fits_window" and not _word(option_set, number, "context_tokens"):
        key = "context_tokens"
    section, entry = _entry(key) or ("prices", "input_per_mtok")
    about = {
        "terms": words["provider"],
        "regions": f"{words['provider']} {words['region']}".strip(),
        "models": words["model"],
        "scores": words["model"],
        "effort": f"{words['adaptation']} on {words['hosting']}",
    }.get(section, sold)
    return _catalog_gap(about, section, entry, rules, of_plan=of_plan)


def _catalog_gap(about: str, section: str, entry: str, rules: tuple[str, ...], *, of_plan: bool) -> Gap:
    return Gap(about, f"{section}.{entry}", f"a catalog file, under `{section}`", rules, of_plan)


def _entry(key: str) -> tuple[str, str] | None:
    """Return the section and the key of a catalog file that says a fact of an option, without its prefix."""
    offered = OFFERED_TERMS.removeprefix(OPTION_PREFIX)
    return ("terms", f"{TERMS_OF_PACKS}{key.removeprefix(offered)}") if key.startswith(offered) else _ENTRIES.get(key)


def _word(option_set: OptionSet, number: int, name: str) -> str:
    value = next(iter(option_set.values_of(number, (f"option.{name}",), NO_WORKLOAD).values()), "")
    return str(value)


def _leg_without(key: str, legs: tuple[Leg, ...]) -> Leg:
    """Return the leg of which the catalog does not know a fact, the main one where it cannot be told."""
    section, entry = _entry(key) or ("", "")
    for leg in legs:
        if section == "terms" and entry not in leg.terms and leg.boundary not in ("device", "on-premises"):
            return leg
        if key == "regions" and leg.countries is None and leg.boundary != "device":
            return leg
    return legs[0]


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _sold(leg: Leg) -> str:
    return " ".join(part for part in (leg.provider, leg.region, leg.model.id) if part)
