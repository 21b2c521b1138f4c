"""Files to features: whatever cannot be judged is a finding, and a broken file does not stop the others."""

from __future__ import annotations

import pytest

from aipolicy.findings.finding import Finding
from aipolicy.manifest.read import ManifestFile, Manifests, read_manifests
from aipolicy.manifest.skipped import NEAR_NAME, NO_MANIFEST, OTHER_DOCUMENT, Skipped

HEAD = "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\n"
FOREIGN = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\ndata: {}\n"


def read(*texts: str | bytes, named: bool = True) -> Manifests:
    """Return what comes of files f0.yaml, f1.yaml and so on."""
    return read_manifests(
        ManifestFile(f"f{n}.yaml", text if isinstance(text, bytes) else text.encode(), named)
        for n, text in enumerate(texts)
    )


def told(manifests: Manifests) -> list[tuple[str, int, str]]:
    """Return rule, line and message of every finding."""
    return [(finding.rule_id, line_of(finding), finding.message) for finding in manifests.findings]


def line_of(finding: Finding) -> int:
    """Return the line of a finding."""
    span = finding.span_of(finding.place)
    assert span is not None
    return span.start.line


def test_a_conforming_file_is_a_feature() -> None:
    manifests = read(HEAD)
    assert [feature.name for feature in manifests.features] == ["a"]
    assert (manifests.findings, manifests.skipped) == ((), ())


EMPTY = {
    "no byte": b"",
    "byte-order mark": b"\xef\xbb\xbf",
    "blank": b" \n\n",
    "comment": b"# x\n",
    "null": b"~",
    "mark": b"---\n",
    "marks": b"---\n---\n",
}


@pytest.mark.parametrize("number", [".inf", "-.INF", ".nan"])
def test_a_number_that_is_none_is_told_once(number: str) -> None:
    manifests = read(f"{HEAD}latency:\n  p95_ms: {number}\n  p96_ms: 3\n")
    message = "not a finite number; write a number or quote the text"
    assert told(manifests)[0] == ("MAN-001", 5, message)
    assert [(rule, line) for rule, line, _ in told(manifests)[1:]] == [("MAN-003", 6)]
    assert manifests.features == ()


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("data", EMPTY.values(), ids=EMPTY)
def test_an_empty_file_is_never_a_pass(data: bytes, named: bool) -> None:
    (finding,) = read(data, named=named).findings
    assert (finding.rule_id, finding.message) == ("MAN-006", "the file is empty")
    assert line_of(finding) >= 1


OTHERS = {
    "foreign": FOREIGN,
    "empty mapping": "{}",
    "list": "[]",
    "text": "hello",
    "block text": "|\n  apiVersion: aipolicy/v1\n  kind: AIFeature\n",
    "list of manifests": "- apiVersion: aipolicy/v1\n  kind: AIFeature\n",
    "a key too deep": "feature:\n  apiVersion: aipolicy/v1\n  kind: AIFeature\n",
    "a foreign document and a list": FOREIGN + "---\n[]\n",
    "a kind without a version": "kind: Component\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_file_that_is_no_manifest_is_an_error_when_named_and_told_when_found(text: str) -> None:
    assert {finding.rule_id for finding in read(text, named=True).findings} == {"MAN-006"}
    found = read(text, named=False)
    assert (found.findings, found.skipped) == ((), (Skipped("f0.yaml", NO_MANIFEST),))


@pytest.mark.parametrize("name", ["aifeature.yaml", "a/AIFeature.YML", "a/b.aifeature.yaml"])
@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_a_file_that_is_called_like_a_manifest_and_is_none_is_an_error_unless_it_says_what_it_is(
    text: str, name: str
) -> None:
    found = read_manifests([ManifestFile(name, text.encode(), named=False)])
    if text == FOREIGN:
        assert (found.findings, found.skipped) == ((), (Skipped(name, NO_MANIFEST),))
    else:
        assert {finding.rule_id for finding in found.findings} == {"MAN-006"}
        assert found.skipped == ()


def near(text: str) -> Manifests:
    return read_manifests([ManifestFile("a/ai-feature.yaml", text.encode(), named=False, near_miss=True)])


@pytest.mark.parametrize("text", [*OTHERS.values(), "", "a: [", "data: {}\nplan: {}\n"])
def test_a_file_that_is_called_nearly_like_a_manifest_and_is_none_is_told(text: str) -> None:
    manifests = near(text)
    assert (manifests.findings, manifests.skipped) == ((), (Skipped("a/ai-feature.yaml", NEAR_NAME),))


def test_a_manifest_under_another_name_is_evaluated_and_its_name_is_told() -> None:
    manifests = near(HEAD)
    assert [feature.name for feature in manifests.features] == ["a"]
    (finding,) = manifests.findings
    assert (finding.rule_id, finding.feature, line_of(finding)) == ("MAN-009", "a", 2)
    assert finding.message == "a manifest called `ai-feature.yaml`, which hooks and other programs do not take for one"


@pytest.mark.parametrize("text", [HEAD + "a: [", HEAD.replace("kind: AIFeature", "knd: x"), HEAD + "latncy: {}\n"])
def test_a_broken_manifest_under_another_name_is_an_error_too(text: str) -> None:
    manifests = near(text)
    assert {finding.rule_id for finding in manifests.findings} > {"MAN-009"}
    assert manifests.features == ()


MISSPELT = {
    "kind": HEAD.replace("AIFeature", "AIFeatrue"),
    "kind in lower case": HEAD.replace("AIFeature", "aifeature"),
    "kind key": HEAD.replace("kind:", "knid:"),
    "version": HEAD.replace("aipolicy/v1", "aipolicy.v1"),
    "version key": HEAD.replace("apiVersion", "apiversion"),
    "no head": "metadata: {name: a}\ndata: {classes: [health]}\n",
    "only a kind": "kind: AIFeature",
    "only a version": "apiVersion: aipolicy/v1",
    "a policy pack": HEAD.replace("AIFeature", "PolicyPack"),
    "head without values": "apiVersion:\nkind:\nmetadata:\n",
    "head of other types": "apiVersion: [aipolicy/v1]\nkind: {a: 1}\n",
    "misspelt sections": "metdata: {name: a}\nlatncy: {p95_ms: 5}\n",
}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("text", MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_manifest_is_an_error_even_when_found_by_its_name(text: str, named: bool) -> None:
    manifests = read(text, named=named)
    assert manifests.features == ()
    assert manifests.findings
    assert manifests.skipped == ()


def test_a_broken_file_does_not_stop_the_others() -> None:
    manifests = read("a: [", HEAD, b"\xff", HEAD.replace("name: a", "name: b"), "{" * 100_000, "")
    assert [feature.name for feature in manifests.features] == ["a", "b"]
    assert {finding.file for finding in manifests.findings} == {"f0.yaml", "f2.yaml", "f4.yaml", "f5.yaml"}


def test_a_broken_document_does_not_stop_its_neighbours_and_is_no_feature() -> None:
    manifests = read(
        HEAD + "---\n" + HEAD.replace("a}", "b}") + "plan: {model: !x y}\n---\n" + HEAD.replace("a}", "c}")
    )
    assert [feature.name for feature in manifests.features] == ["a", "c"]
    assert [(rule, line) for rule, line, _ in told(manifests)] == [("MAN-001", 8)]


def test_mistakes_of_a_broken_document_are_told_with_what_broke_it() -> None:
    manifests = read(HEAD + "data: {minimized: true, minimized: false}\nplan: {hostng: own-cloud}\n")
    assert [(rule, line) for rule, line, _ in told(manifests)] == [("MAN-002", 4), ("MAN-003", 5)]
    assert manifests.features == ()


def test_a_duplicate_key_is_an_error_with_both_places() -> None:
    (finding,) = read(HEAD + "data:\n  minimized: true\n  minimized: false\n").findings
    (first,) = finding.related
    assert finding.rule_id == "MAN-002"
    assert first.span is not None
    assert (line_of(finding), first.span.start.line) == (6, 5)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("texts", [(HEAD, FOREIGN), (FOREIGN, HEAD)])
def test_a_document_that_says_it_is_of_another_kind_may_stand_beside_a_manifest_and_is_told(
    texts: tuple[str, str], named: bool
) -> None:
    manifests = read("---\n".join(texts), named=named)
    assert [feature.name for feature in manifests.features] == ["a"]
    assert (manifests.findings, manifests.skipped) == ((), (Skipped("f0.yaml", OTHER_DOCUMENT),))


@pytest.mark.parametrize("other", ["[]", "a: 1", "kind: Component"])
@pytest.mark.parametrize("named", [True, False])
def test_a_document_that_does_not_say_what_it_is_may_not(other: str, named: bool) -> None:
    manifests = read(f"{HEAD}---\n{other}\n", named=named)
    assert [(rule, line) for rule, line, _ in told(manifests)] == [("MAN-006", 5)]


def test_empty_documents_beside_a_manifest_are_left_out() -> None:
    manifests = read("---\n" + HEAD + "---\n---\n# nothing\n")
    assert ([feature.name for feature in manifests.features], manifests.findings) == (["a"], ())


def test_equal_names_are_an_error_in_one_file_and_across_files() -> None:
    manifests = read(HEAD + "---\n" + HEAD, HEAD)
    assert [(finding.file, finding.rule_id, line_of(finding)) for finding in manifests.findings] == [
        ("f0.yaml", "MAN-007", 7), ("f1.yaml", "MAN-007", 3),
    ]  # fmt: skip
    (first,) = manifests.findings[0].related
    assert first.span is not None
    assert first.span.start.line == 3
    assert "f0.yaml" in manifests.findings[1].message


def test_problems_that_are_left_out_are_counted() -> None:
    assert told(read("a: 1\n" * 500))[100][2] == "and 399 more problems in this file"


def test_norway_is_a_country() -> None:
    (feature,) = read(HEAD + "data: {residency: [NO]}").features
    assert feature.declared["data.residency"] == ["NO"]


PEERS_PASS = {
    "misspelt key": HEAD + "data: {clases: [health]}",
    "misspelt section": HEAD + "dta: {classes: [health]}",
    "duplicate key": HEAD + "data: {must_stay_inside: true}\ndata: {must_stay_inside: false}",
    "empty object": "{}",
    "empty section": HEAD + "data:",
    "octal": HEAD + "volume: {requests_per_day: 012}",
    "date object": HEAD.replace("name: a", "name: 2026-11-21 00:00:00"),
    "not a number": HEAD + "latency: {p95_ms: .nan}",
    "infinite budget": HEAD + "budget: {monthly_usd: .inf}",
    "truth in words": HEAD + "data: {must_stay_inside: off}",
    "quoted truth": HEAD + "data: {must_stay_inside: 'true'}",
    "quoted number": HEAD + "latency: {p95_ms: '800'}",
    "scalar for a list": HEAD + "data: {classes: health}",
    "hidden key": "apiVersion: aipolicy/v1\nkind: AIFeature\nmetadata: {name: a}\n# x\u0085data: {must_stay_inside: false}",
    "tag": HEAD + "data: {classes: !!set {health}}",
    "self alias": HEAD + "data: &d {classes: *d}",
}


@pytest.mark.parametrize("text", PEERS_PASS.values(), ids=PEERS_PASS)
def test_no_mistake_that_other_tools_let_through_is_a_pass(text: str) -> None:
    manifests = read(text)
    assert manifests.features == ()
    assert manifests.findings
    assert all(finding.severity == "error" for finding in manifests.findings)
