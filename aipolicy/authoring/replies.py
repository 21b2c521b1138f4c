"""What somebody replied in, a value as a manifest declares it out; what no manifest could say is refused as `check` does."""

from __future__ import annotations

from collections.abc import Mapping

from aipolicy.authoring.starter import starter_manifest
from aipolicy.catalog.catalog import Catalog
from aipolicy.errors import AipolicyError, Problems, UsageError
from aipolicy.facts.counts import unclear_count
from aipolicy.facts.facts import derive_facts
from aipolicy.facts.known_facts import STANDARD_FACTS, KnownFacts
from aipolicy.facts.spec import FactSpec, FactType
from aipolicy.manifest.feature import Feature
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.read import read_manifests
from aipolicy.source.document import PlainValue
from aipolicy.source.text import shown
from aipolicy.source.yaml_reader import read_yaml
from aipolicy.value import Frozen

NAME = "metadata.name"
Declared = Mapping[str, PlainValue]
"""Values by fact, as a manifest declares them."""

_SAID = {"y": True, "yes": True, "n": False, "no": False}
_ANY_NAME = "feature"
"""The name of a feature while it has none."""


class NewManifest(Frozen):
    """A manifest that is being written: where it will lie, and what may be declared in it."""

    file: str
    catalog: Catalog
    known: KnownFacts = STANDARD_FACTS
    path_in_repository: str | None = None

    def text(self, declared: Declared) -> str:
        """Return the manifest that declares these facts."""
        return starter_manifest(declared, self.known.specs)

    def feature(self, declared: Declared) -> Feature:
        """Return the feature that the manifest declares; raises `UsageError` or `Problems` where it would be wrong."""
        text = self.text({NAME: _ANY_NAME, **declared})
        file = ManifestFile(self.file, text.encode(), named=True, path_in_repository=self.path_in_repository)
        manifests = read_manifests((file,), {}, self.known.extensions_schema)
        messages = [finding.message for finding in manifests.findings]
        for feature in manifests.features if not messages else ():
            facts = derive_facts(feature, self.catalog, self.catalog.as_of, self.known)
            messages += [problem.message for problem in facts.problems]
            if not messages:
                return feature
        errors: tuple[AipolicyError, ...] = tuple(UsageError(message) for message in messages)
        raise errors[0] if len(errors) == 1 else Problems(errors)


def read_reply(text: str, spec: FactSpec) -> PlainValue:
    """Return a reply as a manifest would have it; whether a manifest may say it is another matter."""
    text = text.strip()
    if spec.type is FactType.TEXT:
        return text
    if spec.type is FactType.TEXTS:
        words = (word.strip() for word in text.removeprefix("[").removesuffix("]").split(","))
        return list(dict.fromkeys(word for word in words if word))
    if spec.type is FactType.BOOL and text.casefold() in _SAID:
        return _SAID[text.casefold()]
    question = unclear_count(spec, text)
    if question:
        raise UsageError(question)
    result = read_yaml(spec.name, text.encode(errors="replace"))
    if result.problems or len(result.documents) != 1:
        raise UsageError(f"`{shown(text)}` is no value for `{spec.name}`")
    return result.documents[0].value
