"""A conversation about a new feature: what is asked next, and what the answer is with what was said so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from aipolicy.answer.answer import Answering
from aipolicy.answer.model import Change
from aipolicy.authoring.replies import NAME, Declared, NewManifest, read_reply
from aipolicy.evaluation.evaluation import Evaluation, Evaluator
from aipolicy.evaluation.ranking import Weighing
from aipolicy.facts.declared import FOUR_FACTS
from aipolicy.facts.spec import FactSpec, FactValue
from aipolicy.run.evaluated_file import evaluation_by
from aipolicy.value import Frozen

ABOUT_IT = (NAME, "metadata.owner", "metadata.lifecycle")


class AskedFact(Frozen):
    """A fact to ask for."""

    spec: FactSpec
    assumed: FactValue | None
    """What is taken where it is left out; None where nothing is."""
    changes: tuple[Change, ...]
    """What other values of it would lead to, what changes most first; none for what everybody is asked for."""
    waiting: str = ""
    """What waits for it, such as rules of a framework that was named, in words; empty for nothing."""


Scope = Callable[[Evaluation], Mapping[str, str]]
"""Returns the facts that say whether rules apply, in the order in which to ask, with what waits for each."""


def no_scope(_: Evaluation) -> Mapping[str, str]:
    """Return nothing: no framework was named whose scope is to be asked for."""
    return {}


class Conversation:
    """What was said so far; every reply makes a new one."""

    def __init__(self, manifest: NewManifest, evaluator: Evaluator, weighing: Weighing, declared: Declared,
                 left_out: frozenset[str] = frozenset(), answering: Answering | None = None,
                 scope: Scope = no_scope) -> None:  # fmt: skip
        self.manifest = manifest
        self.declared = declared
        self.left_out = left_out
        self._evaluator = evaluator
        self._weighing = weighing
        self._answering = answering
        self._scope = scope

    @cached_property
    def answering(self) -> Answering:
        """Return what answers the feature as it is declared so far."""
        if self._answering is not None:
            return self._answering
        evaluation = evaluation_by(self.manifest.feature(self.declared), self._evaluator)
        return Answering(self._evaluator, evaluation, self._weighing)

    @cached_property
    def question(self) -> AskedFact | None:
        """Return what to ask next; None when nothing that could still be said would change the answer."""
        return next(self._questions(), None)

    def replied(self, text: str) -> Conversation:
        """Return the conversation after a reply to its question; raises `UsageError` or `Problems` for a wrong one."""
        question = self.question
        if question is None:
            return self
        declared = {**self.declared, question.spec.name: read_reply(text, question.spec)}
        self.manifest.feature(declared)
        return Conversation(self.manifest, self._evaluator, self._weighing, declared, self.left_out, scope=self._scope)

    def skipped(self) -> Conversation:
        """Return the conversation after its question was left out."""
        names = frozenset() if self.question is None else frozenset((self.question.spec.name,))
        # NOTE: what is declared is the same, and so is what follows from it.
        return Conversation(
            self.manifest, self._evaluator, self._weighing, self.declared, self.left_out | names, self.answering,
            self._scope,
        )  # fmt: skip

    def _questions(self) -> Iterator[AskedFact]:
        for name in ABOUT_IT:
            if self._is_open(name):
                yield self._question(name)
        if self.answering.certain.is_retired:
            return
        for name, waiting in self._scope(self.answering.certain).items():
            if self._is_open(name):
                yield self._question(name, waiting=waiting)
        for name in FOUR_FACTS:
            if self._is_open(name):
                yield self._question(name)
        for change in self.answering.questions:
            # NOTE: values of several facts that change something together are worth asking only where all can be said.
            if all(map(self._is_open, change.facts)):
                name = next(iter(change.facts))
                changes = tuple(other for other in self.answering.questions if next(iter(other.facts)) == name)
                yield self._question(name, changes)

    def _is_open(self, name: str) -> bool:
        return name not in self.declared and name not in self.left_out

    def _question(self, name: str, changes: tuple[Change, ...] = (), waiting: str = "") -> AskedFact:
        known = self._evaluator.known
        assumed = None if name == NAME else self.answering.expected.facts.values.get(name)
        return AskedFact(known.specs[name], assumed, changes, waiting)
