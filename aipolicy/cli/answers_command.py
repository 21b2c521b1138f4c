"""`aipolicy answers`: one line a feature, for whoever answers for many of them."""

from __future__ import annotations

from hashlib import sha256

import click

from aipolicy.cli.manifests import exit_code_of_report, told_broken, told_manifests
from aipolicy.cli.policy_options import policy_options
from aipolicy.cli.terminal import stdout_style, stdout_width, write_out
from aipolicy.config.policy_options import PolicyOptions, read_settings
from aipolicy.config.scope import SOME_FEATURES
from aipolicy.files.cache import Cache, cache_folder, pack_memory
from aipolicy.policy.sources.locate import read_policy_files
from aipolicy.report.explain.answers_list import SORTED_BY, listed_answers
from aipolicy.report.formats.answers_shown import all_answers

FORMATS = ("text", "csv", "json")


@click.command("answers")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@click.option("--format", "output_format", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--sort", "sorted_by", type=click.Choice(list(SORTED_BY)), default="file", show_default=True, help=(
    "What comes first: files as they are found, names, dear features, unsure answers, those that most blocks."))  # fmt: skip
def command(paths: tuple[str, ...], options: PolicyOptions, output_format: str, sorted_by: str) -> None:
    """List the answers to all features below some paths, one line each.

    A line has what to build, what a month costs at likely values, how sure the answer is, the rules that block a check, and
    what is worth asking first. A report, not a gate: the exit code is 0, 1 where a manifest could not be evaluated, or 3
    where nothing was.
    """
    from aipolicy.cli.progress import told_while_evaluating
    from aipolicy.run.policy import load_policy
    from aipolicy.run.remembered_files import check_remembered
    from aipolicy.run.result_memory import ResultMemory

    config, settings = read_settings(options)
    policy_files = read_policy_files(settings, memory=pack_memory())
    manifests = told_manifests(paths, config)
    folder, asked = cache_folder(), all_answers(config.recommendation)
    policy = load_policy(settings, Cache(folder), policy_files)
    key = sha256(f"{policy_files.key} {asked!r}".encode()).hexdigest()
    memory = ResultMemory(None if folder is None else f"{folder}-files", key)
    result = check_remembered(manifests.files, policy, SOME_FEATURES, memory, told_while_evaluating, asked=asked)
    files = tuple(result.files)
    is_broken = told_broken(finding for file in files for finding in file.findings)
    answers = listed_answers(files, sorted_by)
    if output_format == "csv":
        from aipolicy.report.explain.answers_list import answers_csv

        write_out(answers_csv(answers))
    elif output_format == "json":
        from aipolicy.report.explain.answers_json import answers_json

        write_out(answers_json(answers, policy))
    else:
        from aipolicy.report.explain.answers_text import answers_text

        write_out(answers_text(answers, width=stdout_width(), style=stdout_style()))
    raise click.exceptions.Exit(exit_code_of_report(is_broken=is_broken, is_empty=not answers))
