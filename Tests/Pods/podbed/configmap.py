"""A ConfigMap volume as a kubelet's AtomicWriter lays it out."""

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

_serial = count(1)


class ConfigMapVolume:
    """A directory whose files lead through `..data` to a directory of the current version.

    `path/KEY` is a link to `..data/KEY`, and `..data` a link to a time-stamped directory. An update makes a new
    directory and renames a new link over `..data`, so that all files change at once; then the old directory goes.
    """

    def __init__(self, path: Path, files: Mapping[str, str]):
        self.path = path
        path.mkdir(parents=True)
        path.chmod(0o755)
        self.update(files)

    def update(self, files: Mapping[str, str]) -> None:
        data = self.path / "..data"
        former = self.path / os.readlink(data) if data.is_symlink() else None
        version = self.path / f"{datetime.now(UTC):..%Y_%m_%d_%H_%M_%S}.{next(_serial):09}"
        version.mkdir(mode=0o755)
        for key, text in files.items():
            (version / key).write_text(text)
            (version / key).chmod(0o644)
        replacement = self.path / "..data_tmp"
        replacement.symlink_to(version.name)
        replacement.rename(data)
        for key in files:
            visible = self.path / key
            if not visible.is_symlink():
                visible.symlink_to(f"..data/{key}")
        if former is not None:
            for link in self.path.iterdir():
                if link.is_symlink() and not link.name.startswith("..") and link.name not in files:
                    link.unlink()
            shutil.rmtree(former)
