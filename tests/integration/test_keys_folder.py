"""A folder of keys that cannot be written: said as such, with nothing changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from creditreport.errors import Problem
from creditreport.service import Service
from creditreport.signing.register import all_keys
from creditreport.signing.rotate import rotate_key


def test_a_folder_that_cannot_be_written_is_named(service: Service, tmp_path: Path) -> None:
    # As root nothing is forbidden; a folder in the place of the lock cannot be opened by anybody.
    folder = tmp_path / "keys"
    (folder / ".rotate.lock").mkdir(parents=True)
    settings = replace(service.settings, keys_dir=folder)
    with pytest.raises(Problem) as refused:
        rotate_key(settings, service.sessions, service.clock.now(), by="test")
    assert refused.value.code == "OUTPUT_NOT_WRITABLE"
    assert str(folder) in refused.value.en
    with service.reading() as session:
        assert all_keys(session) == []
