"""`aipolicy policy pack`: the folder of a pack in, an archive out."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aipolicy.cli.settings import write_out
from aipolicy.errors import PolicyError, UsageError
from aipolicy.policy.locate import find_pack
from aipolicy.policy.sources.archive import pack_in_archive
from aipolicy.policy.sources.digest import digest_of
from aipolicy.policy.sources.packing import WRITERS, files_below
from aipolicy.policy.sources.pinning import pins_of
from aipolicy.source.text import escaped, shown
from aipolicy.whole_file import write_whole


@click.command("pack")
@click.argument("folder")
@click.option("-o", "--output", required=True, metavar="FILE", help="The archive to write: .zip, .tar.gz or .tgz.")
def command(folder: str, output: str) -> None:
    """Pack the folder of a pack into an archive: the same bytes for the same files, whenever and wherever.

    Everything below FOLDER is packed but what is hidden; YAML directly in it is the pack.
    """
    write = next((write for suffix, write in WRITERS.items() if output.lower().endswith(suffix)), None)
    if write is None:
        raise UsageError(f"`{shown(output)}` is no archive that is written; end it in {', '.join(WRITERS)}")
    if not os.path.isdir(folder):
        raise UsageError(f"`{shown(folder)}` is no folder; name the one that holds the YAML of the pack")
    pack = find_pack(os.path.join(os.path.abspath(folder), ""), Path())
    (pin,) = pins_of([pack], os.curdir)
    data = write({f"{pin.name}/{path}": content for path, content in files_below(folder).items()})
    # NOTE: read back before it is written, so that nobody gets an archive that will be refused.
    if digest_of(pack_in_archive(output, data)) != pin.digest:
        raise PolicyError("the files changed while they were packed; run it again", path=folder)
    try:
        write_whole(output, data)
    except (OSError, ValueError) as error:
        raise PolicyError(f"cannot write: {getattr(error, 'strerror', None) or 'error'}", path=output) from error
    write_out(f"{escaped(output)}: {shown(pin.name)} {shown(pin.version)}, {pin.digest}\n")
