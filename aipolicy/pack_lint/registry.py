"""Every rule about packs, one entry each; the page in `docs/`, SARIF and the choice of rules follow from it."""

from __future__ import annotations

from aipolicy.findings.finding import Severity
from aipolicy.findings.reserved_rules import ReservedRule

UNUSABLE = "PACK-001"
ALWAYS_TRUE = "PACK-002"
NEVER_TRUE = "PACK-003"
CONTRADICTION = "PACK-004"
NEVER_VIOLATED = "PACK-005"
REMOVES_EVERYTHING = "PACK-006"
DUPLICATE = "PACK-007"
SHADOWED = "PACK-008"
UNUSED_PARAMETER = "PACK-009"
UNUSED_VARIABLE = "PACK-010"
UNDOCUMENTED_PARAMETER = "PACK-011"
NO_REASON = "PACK-012"
NO_FIX = "PACK-013"
NO_REFERENCE = "PACK-014"
UNTESTED = "PACK-015"
ENDED = "PACK-016"
PLAIN_MESSAGE = "PACK-017"
SILENT_VALUES = "PACK-018"
NO_DESCRIPTION = "PACK-019"
MESSAGE_OF_ANOTHER = "PACK-020"

LINT_RULES: tuple[ReservedRule, ...] = (
    ReservedRule(
        id=UNUSABLE,
        name="unusable-pack",
        title="A mistake stops the pack from being loaded",
        severity=Severity.ERROR,
        why="nothing is evaluated with half a policy, so that one mistake stops every check",
        fix="correct what stands at the location shown",
    ),
    ReservedRule(
        id=ALWAYS_TRUE,
        name="condition-always-true",
        title="A condition, or a part of it, is true whatever is declared",
        severity=Severity.WARNING,
        why="a condition that cannot be false limits nothing, and was probably meant otherwise",
        fix="correct the condition, or remove it",
    ),
    ReservedRule(
        id=NEVER_TRUE,
        name="condition-never-true",
        title="A condition, or a part of it, is true for nothing that can be declared",
        severity=Severity.ERROR,
        why="in `when` the rule never applies and passes everything; in `require` nothing can satisfy it",
        fix='correct the condition; write `require: ["false"]` for what is forbidden wherever the rule applies',
    ),
    ReservedRule(
        id=CONTRADICTION,
        name="contradictory-conditions",
        title="The conditions of `when` cannot all hold at once",
        severity=Severity.ERROR,
        why="the rule never applies and passes everything",
        fix="correct one of the conditions, or join them by `||` in one line",
    ),
    ReservedRule(
        id=NEVER_VIOLATED,
        name="rule-never-violated",
        title="Whatever `when` lets through satisfies `require`",
        severity=Severity.ERROR,
        why="a rule that nothing can violate looks like protection and is none",
        fix="require something that does not already follow from `when`",
    ),
    ReservedRule(
        id=REMOVES_EVERYTHING,
        name="constraint-removes-every-option",
        title="A constraint removes every option of the catalog, whatever the feature",
        severity=Severity.ERROR,
        why="no feature could be built under it, so that it says nothing about any of them",
        fix="correct the condition, or limit the rule with `when`",
    ),
    ReservedRule(
        id=DUPLICATE,
        name="duplicate-rule",
        title="Two rules have the same conditions",
        severity=Severity.WARNING,
        why="everything is reported twice, and a later change to one of them changes nothing",
        fix="keep one of the rules",
    ),
    ReservedRule(
        id=SHADOWED,
        name="shadowed-rule",
        title="Another rule requires the same in more cases and weighs no less",
        severity=Severity.WARNING,
        why="whatever this rule finds the other finds too",
        fix="remove the narrower rule, give it a higher severity, or exclude its cases from the wider one",
    ),
    ReservedRule(
        id=UNUSED_PARAMETER,
        name="unused-parameter",
        title="No condition and no message reads a parameter",
        severity=Severity.WARNING,
        why="an organisation that sets it believes that something has changed",
        fix="remove the parameter, or read it where its number is written out",
    ),
    ReservedRule(
        id=UNUSED_VARIABLE,
        name="unused-variable",
        title="No condition uses a variable",
        severity=Severity.WARNING,
        why="readers take it for a part of the policy",
        fix="remove the variable, or use it where its expression is written out",
    ),
    ReservedRule(
        id=UNDOCUMENTED_PARAMETER,
        name="undocumented-parameter",
        title="A parameter does not say what it means, in which unit, or where its value comes from",
        severity=Severity.WARNING,
        why="nobody can tell whether its value is right, and who sets it may mean another unit",
        fix="write `description`, `source` and, for a number, `unit`",
    ),
    ReservedRule(
        id=NO_REASON,
        name="rule-without-reason",
        title="A rule does not say why it exists",
        severity=Severity.WARNING,
        why="a rule that is not understood is worked around or waived",
        fix="say in `why` what goes wrong when the rule is broken",
    ),
    ReservedRule(
        id=NO_FIX,
        name="rule-without-fix",
        title="A rule does not say what to do when it is violated",
        severity=Severity.WARNING,
        why="a finding that names no way out costs everybody who meets it the same search",
        fix="say in `fix` what to change",
    ),
    ReservedRule(
        id=NO_REFERENCE,
        name="rule-without-reference",
        title="A rule does not say where it comes from",
        severity=Severity.NOTE,
        why="whether a rule still holds can only be found out at its source",
        fix="name the law, the standard or the decision in `references`",
    ),
    ReservedRule(
        id=UNTESTED,
        name="untested-rule",
        title="A rule lacks an example that is violated, satisfied or undetermined",
        severity=Severity.WARNING,
        why="only an example shows that a rule finds what it is meant to find and nothing else",
        fix="add examples under `tests`; `aipolicy test --suggest` prints some",
    ),
    ReservedRule(
        id=ENDED,
        name="ended-rule",
        title="A rule is no longer in force",
        severity=Severity.WARNING,
        why="it is read as a part of the policy and is never evaluated",
        fix="remove the rule, correct `effective.until`, or say what replaced it: `status: superseded`, `superseded_by`",
    ),
    ReservedRule(
        id=PLAIN_MESSAGE,
        name="message-without-value",
        title="A message names no value",
        severity=Severity.NOTE,
        why="readers see that something is wrong and not what was declared",
        fix="write a fact or a parameter in braces, such as `{data.classes}`",
    ),
    ReservedRule(
        id=SILENT_VALUES,
        name="values-without-rule",
        title="No rule speaks of some values of a fact that the packs read",
        severity=Severity.NOTE,
        why="a value that was forgotten passes like one that is allowed",
        fix="look whether each value named is meant to pass",
    ),
    ReservedRule(
        id=NO_DESCRIPTION,
        name="pack-without-description",
        title="A pack does not say what it is for",
        severity=Severity.WARNING,
        why="who chooses packs has nothing else to go by",
        fix="write `metadata.description`",
    ),
    ReservedRule(
        id=MESSAGE_OF_ANOTHER,
        name="message-of-another-condition",
        title="A message shows a value that another condition of the rule is about",
        severity=Severity.WARNING,
        why="where that condition holds, people read of a value that is right, and not of what is wrong",
        fix="give each requirement its own words: `{that: …, message: …, fix: …}`",
    ),
)

_BY_ID = {rule.id: rule for rule in LINT_RULES}


def lint_rule(rule_id: str) -> ReservedRule:
    """Return the rule about packs with this id; raises `KeyError`."""
    return _BY_ID[rule_id]
