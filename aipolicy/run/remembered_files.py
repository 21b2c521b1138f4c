"""Manifest files in, their results out: those of earlier runs where nothing changed, new ones by several processes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from aipolicy.config.scope import RunScope
from aipolicy.files.cache import Cache, cache_folder
from aipolicy.manifest.manifest_file import ManifestFile
from aipolicy.manifest.skipped import NOTHING_LEFT_OUT, LeftOut
from aipolicy.run.answers_asked import NO_ANSWERS, AnswersAsked
from aipolicy.run.evaluated_file import evaluate_file
from aipolicy.run.feature_result import Detailed
from aipolicy.run.file_result import FileResult, file_result
from aipolicy.run.inputs import RunInputs
from aipolicy.run.policy import Policy, load_policy
from aipolicy.run.processes import map_in_processes, usable_processes
from aipolicy.run.result_memory import ResultMemory
from aipolicy.run.run_result import KeptResults, RunResult, closing_findings
from aipolicy.run.stored_result import result_from_bytes, result_to_bytes

if TYPE_CHECKING:
    from aipolicy.findings.finding import Finding
    from aipolicy.portfolio.portfolio_findings import Documents

Files = tuple[ManifestFile, ...]
"""One file, or several that are shown under the same path."""
Told = Callable[[int], AbstractContextManager[Callable[[], None]]]
"""Says how many files are evaluated while they are; what it gives is called after each."""


def _untold(_: int) -> AbstractContextManager[Callable[[], None]]:
    return nullcontext(lambda: None)


def run_remembered(inputs: RunInputs, asked: AnswersAsked, scope: RunScope, told: Told | None = None, *,
                   details: tuple[Detailed, str] | None = None) -> RunResult:  # fmt: skip
    """Return the result of a run over all that it reads, with what earlier runs kept; raises as `check_remembered`.

    `details` makes what a report shows besides, with words that tell it from other details.
    """
    folder = cache_folder()
    policy = load_policy(inputs.settings, Cache(folder), inputs.policy_files)
    detailed, words = (None, "") if details is None else details
    key = sha256(f"{inputs.policy_files.key} {asked!r}{words}".encode()).hexdigest()
    memory = ResultMemory(None if folder is None else f"{folder}-files", key)
    return check_remembered(
        inputs.files, policy, scope, memory, told or _untold, asked, inputs.manifests.left_out, detailed
    )


def check_remembered(files: Sequence[ManifestFile], policy: Policy, scope: RunScope, memory: ResultMemory,
                     told: Told = _untold, asked: AnswersAsked = NO_ANSWERS,
                     left_out: LeftOut = NOTHING_LEFT_OUT, detailed: Detailed | None = None) -> RunResult:  # fmt: skip
    """Return the result of a run; files that were evaluated before under the same policy are not evaluated again.

    What is in the memory was asked for the same answers, with the same details. Raises `UsageError` where a rule is left
    out that a pack forbids to leave out.
    """
    units = [tuple(group) for _, group in groupby(files, key=attrgetter("path"))]
    results = KeptResults(_made(units, policy, memory, told, asked, detailed))

    def documents() -> Documents:
        from aipolicy.portfolio.run_records import documents_of_files

        # NOTE: manifests are not held; one is read again for the place of a finding on all features.
        return documents_of_files(files, extensions=policy.evaluator.known.extensions_schema)

    def closing() -> tuple[Finding, ...]:
        return closing_findings(results.ends(), policy, scope, documents)

    return RunResult(policy, results, scope, closing, results.totals, left_out=left_out)


def _made(units: Sequence[Files], policy: Policy, memory: ResultMemory, told: Told,
          asked: AnswersAsked, detailed: Detailed | None) -> Iterator[tuple[bytes | memoryview, FileResult]]:  # fmt: skip
    """Yield the result of every file in order, as bytes and as it is; what is new is remembered at the end."""
    keys = [_key(unit) for unit in units]
    new = [unit for key, unit in zip(keys, units, strict=True) if memory.get(key) is None]
    # NOTE: what was loaded stays until the end; the collector need not look at it again and again.
    gc.freeze()
    used: dict[bytes, bytes | memoryview] = {}
    homes: dict[str, str] = {}

    def evaluated(unit: Files) -> bytes:
        return result_to_bytes(file_result(evaluate_file(unit, policy), policy, asked, detailed))

    with told(len(new)) as one_more, closing(map_in_processes(evaluated, new, usable_processes())) as made:
        for key, unit in zip(keys, units, strict=True):
            content = memory.get(key)
            if content is None:
                content = next(made)
                one_more()
            used[key] = content
            result = result_from_bytes(content)
            taken = {name: homes[name] for name in result.names if name in homes}
            if taken:
                result = file_result(evaluate_file(unit, policy, taken), policy, asked, detailed)
                content = result_to_bytes(result)
            for name in result.names:
                homes.setdefault(name, unit[0].path)
            yield content, result
    memory.keep(used)


def _key(files: Files) -> bytes:
    digest = sha256()
    for file in files:
        head = f"{file.path} {file.path_in_repository} {file.named} {file.near_miss} {len(file.data)} "
        digest.update(head.encode("utf-8", "surrogateescape"))
        digest.update(file.data)
    return digest.digest()
