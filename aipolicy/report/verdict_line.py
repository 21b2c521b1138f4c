"""A verdict in one sentence."""

from __future__ import annotations

from aipolicy.run.feature_result import CONFLICT, VerdictResult


def verdict_line(verdict: VerdictResult) -> str:
    """Return the verdict on a feature in one sentence: what is expected to remain."""
    if verdict.status == CONFLICT:
        return f"no option satisfies every constraint ({', '.join(verdict.conflict)} clash)"
    needs = [need.id for need in verdict.needs if need.certain]
    maybe = [need.id for need in verdict.needs if not need.certain]
    words = []
    if needs:
        words.append("needs " + ", ".join(needs))
    if maybe:
        words.append("may need " + ", ".join(maybe))
    if not words:
        words.append("no special need; a provider API is possible" if _api_possible(verdict) else "no special need")
    if not verdict.admissible:
        words.append("every way that remains hangs on undeclared facts")
    return "; ".join(words)


def _api_possible(verdict: VerdictResult) -> bool:
    return "provider-api" in verdict.remaining["hosting"]
