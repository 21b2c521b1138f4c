"""Rules about manifests, plans, verdicts and waivers themselves, and findings under them; packs may not use their ids."""

from __future__ import annotations

from aipolicy.findings.finding import Finding, Outcome, Place, Replacement, Severity
from aipolicy.source.document import Document
from aipolicy.value import Frozen


class ReservedRule(Frozen, kw_only=True):
    """A rule about manifests and plans themselves; packs may not use its id."""

    id: str
    name: str
    title: str
    severity: Severity
    why: str
    fix: str


MANIFEST_PREFIX, PLAN_PREFIX, VERDICT_PREFIX, WAIVER_PREFIX = "MAN-", "PLAN-", "VERDICT-", "WAIVER-"
SCOPE_PREFIX, SCOPE_UNDECIDED = "SCOPE-", "SCOPE-001"
PACK_PREFIX = "PACK-"
"""How the ids of findings about packs begin (`aipolicy.pack_lint.registry`)."""
RESERVED_PREFIXES = (MANIFEST_PREFIX, PACK_PREFIX, PLAN_PREFIX, SCOPE_PREFIX, VERDICT_PREFIX, WAIVER_PREFIX)
"""How the ids of rules begin that no pack may use; what a finding is about is told by it."""

RESERVED_RULES: tuple[ReservedRule, ...] = (
    ReservedRule(
        id="MAN-001",
        name="unreadable-manifest",
        title="The file cannot be read as YAML within the limits",
        severity=Severity.ERROR,
        why="a file that is read in two ways, or not at all, has no verdict",
        fix="correct the YAML at the location shown",
    ),
    ReservedRule(
        id="MAN-002",
        name="duplicate-key",
        title="A key is written twice",
        severity=Severity.ERROR,
        why="most readers keep the last of two equal keys without a word",
        fix="keep one of the two keys",
    ),
    ReservedRule(
        id="MAN-003",
        name="unknown-key",
        title="A key is not part of the manifest format",
        severity=Severity.ERROR,
        why="a misspelt key would leave a fact undeclared and rules undetermined",
        fix="correct or remove the key; `aipolicy schema` prints every key",
    ),
    ReservedRule(
        id="MAN-004",
        name="missing-key",
        title="A required key is missing",
        severity=Severity.ERROR,
        why="without it the feature cannot be named or placed",
        fix="add the key",
    ),
    ReservedRule(
        id="MAN-005",
        name="wrong-value",
        title="A value has the wrong type, or is not among those allowed",
        severity=Severity.ERROR,
        why="a value that is guessed at can turn a verdict around",
        fix="correct the value; `aipolicy schema` prints what each key takes",
    ),
    ReservedRule(
        id="MAN-006",
        name="not-a-manifest",
        title="A file that was named, or is called like a manifest, is none",
        severity=Severity.ERROR,
        why="a file that is taken for a manifest and not checked would look like a pass",
        fix="start it with `apiVersion: aipolicy/v1` and `kind: AIFeature`; if it is none, do not name it, or rename it",
    ),
    ReservedRule(
        id="MAN-007",
        name="duplicate-feature-name",
        title="Two features of a run have the same name",
        severity=Severity.ERROR,
        why="findings and waivers are kept by feature name",
        fix="give every feature a name of its own",
    ),
    ReservedRule(
        id="MAN-008",
        name="contradictory-facts",
        title="Declared facts contradict each other",
        severity=Severity.ERROR,
        why="a verdict from facts that cannot both hold is worth nothing",
        fix="correct one of the facts shown",
    ),
    ReservedRule(
        id="MAN-009",
        name="misnamed-manifest",
        title="A manifest has a name that only looks like one",
        severity=Severity.WARNING,
        why="it is checked here, and a hook that looks for manifests by their names passes it by",
        fix="rename it to `aifeature.yaml`, or to a name that ends in `.aifeature.yaml`",
    ),
    ReservedRule(
        id="MAN-010",
        name="vanished-feature",
        title="A feature of the base is no longer declared, though its file is still there",
        severity=Severity.ERROR,
        why="a feature that is no longer looked at would count as mended",
        fix="let the file be read again as a manifest, or remove it with its feature",
    ),
    ReservedRule(
        id="MAN-011",
        name="bill-far-from-declared",
        title="The bill of today is far from what is declared",
        severity=Severity.WARNING,
        why="one of the two is of something else, and every cost rests on them",
        fix="correct the bill, the volume or the lengths; a bill for several features has a part for this one, and a price "
        "that was negotiated goes to a catalog file",
    ),
    ReservedRule(
        id="PLAN-001",
        name="plan-not-in-catalog",
        title="The plan names something that the catalog does not offer",
        severity=Severity.ERROR,
        why="terms, regions and prices of an unknown offering are unknown, and an unknown is not a pass",
        fix="correct the name, or add the offering to your organisation's catalog file",
    ),
    ReservedRule(
        id="PLAN-002",
        name="plan-without-lifecycle",
        title="A plan is declared without a lifecycle",
        severity=Severity.WARNING,
        why="whether undetermined rules gate depends on the lifecycle, which was assumed",
        fix="declare `metadata.lifecycle`",
    ),
    ReservedRule(
        id="PLAN-003",
        name="feature-without-plan",
        title="A feature past prototype declares no plan",
        severity=Severity.ERROR,
        why="what runs in pilot or production was decided by somebody; only a declared plan can be checked",
        fix="declare `plan`; `aipolicy explain` lists the options that remain",
    ),
    ReservedRule(
        id="PLAN-004",
        name="plan-that-cannot-be-fulfilled",
        title="Every option that agrees with the plan breaks a constraint",
        severity=Severity.ERROR,
        why="no single constraint rules the plan out, but together they leave no way to build it as declared",
        fix="change the plan; `aipolicy explain` lists the options that remain",
    ),
    ReservedRule(
        id=SCOPE_UNDECIDED,
        name="rules-waiting-for-a-declaration",
        title="Whether several rules apply hangs on a fact that is not declared",
        severity=Severity.ERROR,
        why="nobody knows whether these rules are kept",
        fix="declare the fact; the rules that apply then say what they ask for",
    ),
    ReservedRule(
        id="VERDICT-001",
        name="no-way-to-build",
        title="No option satisfies every constraint",
        severity=Severity.ERROR,
        why="the declared facts and the policies rule each other out",
        fix="change one of the facts or policies in the smallest set that clashes",
    ),
    ReservedRule(
        id="WAIVER-001",
        name="malformed-waiver",
        title="A waiver cannot be read, and waives nothing",
        severity=Severity.ERROR,
        why="somebody takes for waived what is not",
        fix="correct the entry as the message says, or remove it; `aipolicy waive` writes whole ones",
    ),
    ReservedRule(
        id="WAIVER-002",
        name="waiver-against-policy",
        title="A waiver breaks what the packs ask of waivers, and waives nothing",
        severity=Severity.ERROR,
        why="a waiver that the policy does not allow is none",
        fix="make the waiver what the policy allows, or remove it and correct the feature",
    ),
    ReservedRule(
        id="WAIVER-003",
        name="expired-waiver",
        title="A waiver has expired while its rule still fails",
        severity=Severity.ERROR,
        why="the approval ended; what it covered is checked like everything else",
        fix="correct the feature, or have the waiver approved anew with `approved_on`, `expires` and what is approved",
    ),
    ReservedRule(
        id="WAIVER-004",
        name="waiver-no-longer-needed",
        title="A waiver has nothing to waive",
        severity=Severity.WARNING,
        why="a waiver that lies about is taken for a rule, and would hide the next failure",
        fix="remove the waiver",
    ),
    ReservedRule(
        id="WAIVER-005",
        name="lapsed-waiver",
        title="A waiver does not hold under the facts of the feature",
        severity=Severity.ERROR,
        why="it was approved under conditions, and what is not known to be met is not met",
        fix="restore or declare the fact that the message names, or have the waiver approved anew",
    ),
    ReservedRule(
        id="WAIVER-006",
        name="fails-worse-than-approved",
        title="The rule fails in a way that was not approved",
        severity=Severity.ERROR,
        why="an approval covers what was shown to the approver and nothing else",
        fix="restore what was approved, bound the fact by a condition under `while`, or have the waiver approved anew",
    ),
    ReservedRule(
        id="WAIVER-007",
        name="waiver-of-unknown-feature",
        title="A waiver names a feature that no manifest declares",
        severity=Severity.ERROR,
        why="it waives nothing, and would waive in advance for a feature that takes the name",
        fix="correct the name, or remove the waiver",
    ),
    ReservedRule(
        id="WAIVER-008",
        name="waiver-expires-soon",
        title="A waiver ends soon",
        severity=Severity.NOTE,
        why="the finding fails the check from the day after",
        fix="correct the feature in time, or have the waiver approved anew",
    ),
)

RESERVED_IDS = frozenset(rule.id for rule in RESERVED_RULES)


def reserved_rule(rule_id: str) -> ReservedRule:
    """Return the reserved rule with this id; raises `KeyError`."""
    return next(rule for rule in RESERVED_RULES if rule.id == rule_id)


def reserved_finding(rule_id: str, message: str, *, file: str, document: Document | None = None, feature: str = "",
                     place: Place | None = None, related: tuple[Place, ...] = (),
                     replacement: Replacement | None = None) -> Finding:  # fmt: skip
    """Return a finding under a reserved rule, with its severity, reason and fix."""
    rule = reserved_rule(rule_id)
    return Finding(
        rule_id=rule.id, rule_name=rule.name, severity=rule.severity, outcome=Outcome.VIOLATED, message=message,
        file=file, feature=feature, document=document, place=place or Place(), related=related, why=rule.why,
        fix=rule.fix, replacement=replacement,
    )  # fmt: skip
