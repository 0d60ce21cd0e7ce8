"""PDF, Word files and books as some programs write them."""

from pathlib import Path

import pytest

from tests.readers.samples import pdf, skipped


def _put(tmp_path: Path, data: bytes, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("pages", [[["1"], ["2"]], [["Draft"]] * 3], ids=["numbers", "stamps"])
def test_a_scan_whose_only_text_is_a_stamp_or_a_number_on_each_page_is_skipped(
    tmp_path: Path, pages: list[list[str]]
) -> None:
    path = _put(tmp_path, pdf(*pages), "a.pdf")
    assert skipped(path).startswith(f"no text in its {len(pages)} pages")
