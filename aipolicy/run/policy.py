"""Packs and a catalog in, a policy that is ready to evaluate out; what was compiled is kept between runs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from aipolicy.catalog.catalog import Catalog
from aipolicy.catalog.snapshot import RestoredCatalog, snapshot_of
from aipolicy.config.settings import PolicySettings as PolicySettings
from aipolicy.evaluation.evaluation import Evaluator, KeptGroups, own_expected
from aipolicy.evaluation.prepared_rule import ActiveRule, active_rules
from aipolicy.files.cache import Cache
from aipolicy.policy.pack import PolicyPack, rule_ids
from aipolicy.policy.rule import Rule, parts_of
from aipolicy.policy.sources.locate import PolicyFiles, read_policy_files
from aipolicy.value import Frozen, NamedTuple, replace

if TYPE_CHECKING:
    from aipolicy.evaluation.option_groups import GroupKey
    from aipolicy.policy.portfolio_rule import PortfolioRule
    from aipolicy.waivers.waiver import Waivers


class Policy(Frozen):
    """Packs and catalog, loaded and ready to evaluate with."""

    packs: tuple[PolicyPack, ...]
    """The packs without the examples of their rules."""
    packs_with_tests: Callable[[], tuple[PolicyPack, ...]]
    """Returns every pack with the examples of its rules."""
    catalog: Catalog
    evaluator: Evaluator
    digest: str
    """SHA-256 over the bytes of every pack and catalog file that was read."""
    ignored_rules: tuple[str, ...]
    strict: bool
    waivers: Waivers | None = None
    """The waivers of files, and what packs ask of waivers; None where there is neither."""
    waived_on: date | None = None
    """The day on which waivers are looked at, where it is another than that of the catalog."""
    forbidden_choice: str = ""
    """What a choice of rules leaves out although a pack forbids it; nothing is evaluated then."""

    @property
    def all_rules(self) -> tuple[str, ...]:
        """Return the ids of all that is evaluated by itself, what is left out by choice included."""
        return tuple(part.id for pack in self.packs for rule in pack.rules for part in parts_of(rule))

    portfolio_rules: tuple[PortfolioRule, ...] = ()
    """The rules over all features of a run that are chosen, by id, whatever their stage, without their examples."""

    @property
    def evaluated_portfolio_rules(self) -> tuple[PortfolioRule, ...]:
        """Return the rules over all features that are evaluated on the day of the run."""
        day = self.catalog.as_of
        return tuple(
            portfolio_rule
            for portfolio_rule in self.portfolio_rules
            if portfolio_rule.rule.severity_on(day) is not None
        )

    @property
    def active_portfolio_rules(self) -> tuple[ActiveRule, ...]:
        """Return what those share with other rules, with what they weigh on that day."""
        return active_rules((portfolio_rule.rule for portfolio_rule in self.portfolio_rules), self.catalog.as_of)

    def portfolio_rules_with_examples(self) -> tuple[PortfolioRule, ...]:
        """Return every rule over all features of every pack with its examples, by id."""
        packs = self.packs_with_tests()
        return tuple(
            sorted(
                (portfolio_rule for pack in packs for portfolio_rule in pack.portfolio_rules),
                key=lambda portfolio_rule: portfolio_rule.rule.id,
            )
        )

    def rule_with_examples(self, rule_id: str) -> Rule | None:
        """Return a rule of any pack by its id or that of one of its requirements, or None."""
        from aipolicy.findings.rule_ids import whole_id

        whole = whole_id(rule_id)
        return next((rule for rule in self.rules_with_examples() if whole in (rule.id, *rule.aliases)), None)

    def rules_with_examples(self) -> tuple[Rule, ...]:
        """Return every rule of every pack with its examples, by id."""
        return tuple(
            sorted((rule for pack in self.packs_with_tests() for rule in pack.rules), key=lambda rule: rule.id)
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that are evaluated, by id."""
        return tuple(active.rule for active in self.evaluator.rules)

    @property
    def rule_count(self) -> int:
        """Return how many rules are evaluated, however many requirements they have."""
        return len({rule.name for rule in self.rules})

    @property
    def chosen_rules(self) -> tuple[Rule, ...]:
        """Return the rules that are chosen, whatever their stage, by id."""
        rules = (rule for pack in self.packs for rule in pack.rules if rule.id not in self.ignored_rules)
        return tuple(sorted(rules, key=lambda rule: rule.id))


def load_policy(settings: PolicySettings, cache: Cache | None = None, files: PolicyFiles | None = None) -> Policy:
    """Return packs and catalog ready to evaluate with; raises `CatalogError`, `PolicyError`, `UsageError` or `Problems`.

    What was compiled from the same bytes for the same day and settings is taken from the cache.
    """
    cache = cache or Cache(None)
    files = files or read_policy_files(settings)
    apart = _Apart(cache, files.key, lambda: _compile(settings, files).apart)
    main = cache.get(files.key)
    if main is None:
        main, compiled = _compile(settings, files)
        apart.keep(compiled)
        cache.put(files.key, main)
    packs, chosen, count, groups, parts, waivers = main

    catalog = RestoredCatalog(settings.as_of, parts)
    return Policy(
        packs=packs,
        packs_with_tests=lambda: apart[_EXAMPLES],
        catalog=catalog,
        evaluator=Evaluator(
            _kept_rules(packs, chosen),
            catalog,
            settings.organization,
            KeptGroups(count, groups.get),
            own_expected(settings, packs, catalog),
        ),
        digest=files.digest,
        ignored_rules=tuple(sorted(set(rule_ids(packs)) - chosen)),
        strict=settings.strict,
        waivers=waivers,
        forbidden_choice=_forbidden_choice(waivers, packs, chosen),
        portfolio_rules=tuple(
            sorted((r for pack in packs for r in pack.portfolio_rules if r.rule.id in chosen), key=lambda r: r.rule.id)
        ),
    )


_EXAMPLES = "examples"
"""What is kept apart: the packs with the examples of their rules."""


class _Compiled(NamedTuple):
    main: tuple[tuple[PolicyPack, ...], frozenset[str], int, dict[GroupKey, bytes], dict[str, bytes], Waivers | None]
    apart: Mapping[str, object]


class _Apart:
    """The large parts of a compiled policy that few runs ask for, each in a file of its own; compiled again when lost."""

    def __init__(self, cache: Cache, key: str, make: Callable[[], Mapping[str, object]]) -> None:
        self._cache = cache
        self._key = key
        self._make = make
        self._found: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a part."""
        if name not in self._found:
            self._found[name] = self._cache.get(f"{self._key}-{name}")
        if self._found[name] is None:
            self.keep(self._make())
        return self._found[name]

    def keep(self, made: Mapping[str, object]) -> None:
        """Take what was compiled, and keep it for later runs."""
        self._found.update(made)
        for name, part in made.items():
            self._cache.put(f"{self._key}-{name}", part)


def _compile(settings: PolicySettings, files: PolicyFiles) -> _Compiled:
    from aipolicy.catalog.load import layered_catalog
    from aipolicy.policy.reading.load import load_packs
    from aipolicy.run.chosen_rules import chosen_rules

    catalog = layered_catalog(files.shipped_catalog, files.own_catalog, files.price_package, settings.as_of)
    packs = load_packs(files.packs, catalog, settings.parameters, settings.parameter_places)
    chosen = chosen_rules(packs, settings, catalog.frameworks)
    count, groups = Evaluator(_kept_rules(packs, chosen), catalog, settings.organization).prepare()
    # NOTE: examples are many and only `explain RULE` shows them.
    light = tuple(
        replace(
            pack, rules=tuple(replace(rule, tests=()) for rule in pack.rules),
            portfolio_rules=tuple(replace(rule, tests=()) for rule in pack.portfolio_rules),
        )
        for pack in packs
    )  # fmt: skip
    waivers = None
    if files.waivers or any(pack.waivers is not None for pack in packs):
        from aipolicy.waivers.read import read_waivers

        waivers = read_waivers(files.waivers, packs, catalog, settings.as_of)
    main = light, frozenset(chosen), count, groups, snapshot_of(catalog), waivers
    return _Compiled(main, {_EXAMPLES: packs})


def _forbidden_choice(waivers: Waivers | None, packs: Iterable[PolicyPack], wanted: Container[str]) -> str:
    """Return what to say of the first rule that is left out by choice although a pack forbids it; empty for none."""
    for rule_id in sorted(rule_id for rule_id in rule_ids(packs) if rule_id not in wanted):
        never = waivers.limits.never_waived(rule_id) if waivers is not None else None
        if never is not None:
            return f"{rule_id} may not be left out by `select` or `ignore` ({never.at})"
    return ""


def _kept_rules(packs: Iterable[PolicyPack], wanted: Container[str]) -> tuple[PolicyPack, ...]:
    return tuple(replace(pack, rules=tuple(rule for rule in pack.rules if rule.id in wanted)) for pack in packs)
