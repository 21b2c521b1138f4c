"""Files in, features and findings out; a broken file does not stop the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from aipolicy.findings.finding import Finding, Place
from aipolicy.findings.reserved_rules import reserved_finding
from aipolicy.manifest.conformance import feature_name, nonconformance
from aipolicy.manifest.feature import Feature, features_of
from aipolicy.manifest.manifest_file import ManifestFile as ManifestFile
from aipolicy.manifest.manifest_names import is_manifest_name
from aipolicy.manifest.skipped import NEAR_NAME, NO_MANIFEST, OTHER_DOCUMENT, Skipped
from aipolicy.source.document import MANIFEST_KIND, Document
from aipolicy.source.suggest import nearest
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import ReadResult, read_yaml
from aipolicy.value import Frozen

if TYPE_CHECKING:
    from aipolicy.manifest.leg_problems import LegProblem

_MARK = b"aipolicy/"
_SECTIONS = ("apiVersion", "kind", "metadata", "data", "latency", "volume", "plan")


class Manifests(Frozen):
    """What came of reading: features to evaluate, findings about the files, and what is no manifest."""

    features: tuple[Feature, ...]
    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    refused: tuple[Document, ...] = ()
    """Manifests that do not conform: what else is wrong with them is said in the same round."""


def read_manifests(files: Iterable[ManifestFile], taken: Mapping[str, str] = MappingProxyType({}),
                   extensions: str = "") -> Manifests:  # fmt: skip
    """Return the features of all files; every problem of every file is a finding.

    `taken` are names of features in files that come before, each with its file; `extensions` is what packs add to the
    manifest schema (`nonconformance`).
    """
    features: list[Feature] = []
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    refused: list[Document] = []
    for file in files:
        result = read_yaml(file.path, file.data)
        # NOTE: an empty document beside others is a stray `---`; a file of nothing else is an empty file.
        documents = [d for d in result.documents if d.value is not None] or list(result.documents[:1])
        reason = _reason_to_skip(file, result, documents)
        if reason is not None:
            skipped.append(Skipped(file.path, reason))
            continue
        findings.extend(_source_findings(result))
        if not result.documents and not result.problems:
            findings.append(_not_a_manifest(Document(result.source, 0, None), "the file is empty"))
        holds_manifest = any(map(_resembles, documents))
        before = len(features)
        for document in documents:
            if holds_manifest and _is_foreign(document):
                skipped.append(Skipped(file.path, OTHER_DOCUMENT))
                continue
            departures = _read_document(document, file, features, extensions, broken=document.index in result.broken)
            findings.extend(_not_said_before(departures, result))
            if departures and _resembles(document):
                refused.append(document)
        if file.near_miss:
            findings.append(_misnamed(result, documents, features[before:]))
    findings.extend(_duplicate_names(features, taken))
    return Manifests(tuple(features), tuple(findings), tuple(skipped), tuple(refused))


def _reason_to_skip(file: ManifestFile, result: ReadResult, documents: Sequence[Document]) -> str | None:
    """Return why a file that nobody named is not reported on; None where it is a manifest, or called like one."""
    if file.near_miss:
        # NOTE: what cannot be read may be anything, unless it speaks of this program.
        is_manifest = any(map(_is_marked, documents)) or (result.problems and _MARK in file.data)
        return None if is_manifest else NEAR_NAME
    if file.named or any(map(_resembles, documents)):
        return None
    if result.problems or not documents or any(document.value is None for document in documents):
        return None
    is_called_like_one = is_manifest_name(file.path.rpartition("/")[2])
    return None if is_called_like_one and not all(map(_is_foreign, documents)) else NO_MANIFEST


def _read_document(document: Document, file: ManifestFile, features: list[Feature], extensions: str, *,
                   broken: bool) -> tuple[Finding, ...]:  # fmt: skip
    if document.value is None:
        return () if broken else (_not_a_manifest(document, "the file is empty"),)
    if not _resembles(document):
        return (_not_a_manifest(document, "not an AI feature manifest"),)
    departures = nonconformance(document, extensions)
    if departures or broken:
        return departures
    parts, problems = features_of(document, file.path_in_repository, extensions)
    features.extend(parts)
    return tuple(problem_of_legs(document, problem) for problem in problems)


def problem_of_legs(document: Document, problem: LegProblem) -> Finding:
    """Return the finding on legs of a plan that contradict each other."""
    related = tuple(Place(path=path, label=label) for path, label in problem.related)
    return reserved_finding(
        "MAN-008", problem.message, file=document.source.path, document=document, feature=feature_name(document),
        place=Place(path=problem.path, part=problem.part), related=related,
    )  # fmt: skip


def _not_said_before(departures: Iterable[Finding], result: ReadResult) -> Iterator[Finding]:
    """Yield the findings about other places than those that could not be read: one mistake is told once."""
    unreadable = {problem.span for problem in result.problems}
    return (finding for finding in departures if not unreadable or finding.span_of(finding.place) not in unreadable)


def _is_foreign(document: Document) -> bool:
    """Return whether a document says that it is of another kind, as those of other programs beside a manifest do."""
    value = document.value
    if not isinstance(value, dict) or _resembles(document):
        return False
    return all(isinstance(value.get(key), str) and value[key] for key in ("apiVersion", "kind"))


def _resembles(document: Document) -> bool:
    """Return whether a document means to be a manifest, if perhaps misspelt."""
    value = document.value
    if not isinstance(value, dict):
        return False
    if _is_marked(document):
        return True
    foreign = isinstance(value.get("apiVersion"), str) and isinstance(value.get("kind"), str)
    near_words = sum(nearest(str(key), _SECTIONS) is not None for key in value)
    return not foreign and near_words >= 2


def _is_marked(document: Document) -> bool:
    """Return whether a document says by its version or kind that it is a manifest, if perhaps misspelt."""
    value = document.value
    if not isinstance(value, dict):
        return False
    version, kind = value.get("apiVersion"), value.get("kind")
    is_own_version = isinstance(version, str) and "aipolicy" in version.casefold()
    return is_own_version or (isinstance(kind, str) and nearest(kind, (MANIFEST_KIND,)) is not None)


def _source_findings(result: ReadResult) -> Iterable[Finding]:
    path, document = result.source.path, Document(result.source, 0, None)
    for problem in result.problems:
        yield reserved_finding(
            "MAN-002" if problem.is_key_twice else "MAN-001", problem.message, file=path,
            document=document, place=Place(span=problem.span),
            related=tuple(Place(span=span, label=label) for span, label in problem.related),
        )  # fmt: skip
    if result.problems_left_out:
        message = f"and {result.problems_left_out} more problems in this file"
        yield reserved_finding("MAN-001", message, file=path, document=document)


def _misnamed(result: ReadResult, documents: Sequence[Document], features: Sequence[Feature]) -> Finding:
    name = shown(result.source.path.rpartition("/")[2])
    message = f"a manifest called `{name}`, which hooks and other programs do not take for one"
    document = next(filter(_resembles, documents), None) or Document(result.source, 0, None)
    return reserved_finding(
        "MAN-009", message, file=result.source.path, document=document, place=Place(path=("kind",)),
        feature=features[0].name if features else "",
    )  # fmt: skip


def _not_a_manifest(document: Document, message: str) -> Finding:
    place = Place(path=("kind",))
    return reserved_finding("MAN-006", message, file=document.source.path, document=document, place=place)


def _duplicate_names(features: Iterable[Feature], taken: Mapping[str, str]) -> Iterable[Finding]:
    first: dict[str, Feature] = {}
    path = ("metadata", "name")
    for feature in features:
        if feature.name != feature.declared["metadata.name"]:
            continue  # another route of a feature of that name
        file = taken.get(feature.name)
        related: tuple[Place, ...] = ()
        if file is None:
            earlier = first.setdefault(feature.name, feature)
            if earlier is feature:
                continue
            file = earlier.file
            if file == feature.file:
                related = (Place(span=earlier.document.locate(path), label="first used here"),)
        message = f"name `{feature.name}` is already used in {file}"
        yield reserved_finding(
            "MAN-007", message, file=feature.file, document=feature.document, feature=feature.name,
            place=Place(path=path), related=related,
        )  # fmt: skip
