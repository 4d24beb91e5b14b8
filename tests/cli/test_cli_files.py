"""Files for others are written whole or not at all."""

import os
import stat

import pytest

from sentinel_tui.cli.files import write_whole
from sentinel_tui.errors import SentinelError


def test_others_may_read_it_whatever_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "page.html", "é")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o644
    assert (tmp_path / "page.html").read_bytes() == "é".encode()


def test_whoever_has_the_old_one_open_still_reads_all_of_it(tmp_path):
    path = tmp_path / "page.html"
    write_whole(path, "old")
    with path.open() as reader:
        write_whole(path, "new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


def test_what_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "folder"
    path.mkdir()
    (path / "kept").touch()
    with pytest.raises(SentinelError) as refused:
        write_whole(path, "new")
    assert refused.value.hint
    assert list(tmp_path.iterdir()) == [path]
    assert (path / "kept").exists()
