"""What OCR makes of a scan and of a photograph: the share of characters that are right, and the time of many pages.

An article of the sample is printed by chromium, so its text is known. It is read as `python -m index build` reads it,
in a process of its own; a question is then asked of the index of the scan.
"""

import argparse
import html
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import index
from index.building.build import build
from index.readers import SourceFile, find, ocr, read, sandbox
from index.types import Article
from qa import ask
from tests.benchmarks.common import save, table
from tests.chromium import chromium
from tests.readers.scans import photographed, scan, skewed

SAMPLE = Path(index.__file__).parent / "sample"
STYLE = "@page{size:A4;margin:22mm}body{font:12pt/1.4 serif;text-align:justify;hyphens:auto}"


COLUMNS = (
    "@page{size:A4;margin:18mm}body{font:9.5pt/1.3 serif;text-align:justify;hyphens:auto;columns:3;column-gap:14pt}"
)


def printed(text: str, dpi: int, folder: Path, style: str = STYLE) -> list[Image.Image]:
    """The pages of a text as chromium prints it, justified and with words broken at the ends of lines; in grey."""
    import pypdfium2

    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
    page, out = folder / "page.html", folder / "page.pdf"
    page.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{style}</style>{paragraphs}', "utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={out}")
    subprocess.run([chromium() or "chromium", *options, str(page)], check=True, capture_output=True)
    pdf = pypdfium2.PdfDocument(out)
    return [pdf[number].render(scale=dpi / 72).to_pil().convert("L") for number in range(len(pdf))]


def edit_distance(first: str, second: str) -> int:
    """The fewest characters to insert, delete or replace (Levenshtein)."""
    codes = np.frombuffer(second.encode("utf-32-le"), np.uint32)
    places = np.arange(len(codes) + 1)
    row = places.copy()
    for count, char in enumerate(first, 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(char)))
        row = np.minimum.accumulate(np.concatenate([[count], best]) - places) + places
    return int(row[-1])


def right(truth: str, found: str) -> float:
    """The share of a text's characters that are right; runs of space count as one."""
    known = " ".join(truth.split())
    return 1 - edit_distance(known, " ".join(found.split())) / len(known)


def reading(path: Path) -> tuple[Article, dict[str, float]]:
    """The article of a file; the seconds until it was read, and those of CPU."""
    sandbox._end_all()
    before, start = os.times(), time.perf_counter()
    (file,) = (file for file in find([path]) if isinstance(file, SourceFile))
    (article,) = read(file)
    seconds = time.perf_counter() - start
    sandbox._end_all()
    after = os.times()
    if not isinstance(article, Article):
        raise SystemExit(str(article))
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return article, {"seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1)}


def measure(name: str, question: str, count: int, folder: Path) -> dict[str, Any]:
    """Facts of a scan, one of columns, a photograph, an answer, and of `count` full pages, if any."""
    (file,) = (file for file in find([SAMPLE / name]) if isinstance(file, SourceFile))
    (original,) = read(file)
    if not isinstance(original, Article):
        raise SystemExit(str(original))
    articles = folder / "articles"
    articles.mkdir()
    pages = [skewed(page) for page in printed(original.text, 150, folder)]
    (articles / "scan.pdf").write_bytes(scan(*pages))
    found, times = reading(articles / "scan.pdf")
    facts: dict[str, Any] = {"scan": times | {"right": right(original.text, found.text), "pages": len(pages)}}
    build([articles], folder / "articles.index")
    best = ask(question, index=folder / "articles.index").citations[0]
    facts["answer"] = {"question": question, "sentence": best.sentence, "page": best.page, "ocr": best.read_by_ocr}
    (folder / "columns.pdf").write_bytes(scan(*map(skewed, printed(original.text, 150, folder, COLUMNS))))
    columns, times = reading(folder / "columns.pdf")
    facts["columns"] = times | {"right": right(original.text, columns.text), "pages": len(columns.pages)}
    first = found.text[: found.pages[1]] if len(found.pages) > 1 else found.text
    (folder / "photo.jpg").write_bytes(photographed(printed(original.text, 200, folder)[0]))
    photo, times = reading(folder / "photo.jpg")
    # Which words stand on the first page is known from the scan, to the last of them.
    truth = " ".join(" ".join(original.text.split()).split(" ")[: len(first.split())])
    facts["photograph"] = times | {"right": right(truth, photo.text), "pages": 1}
    if count:
        (folder / "many.pdf").write_bytes(scan(*pages[:1] * count))  # the first page is full
        facts["many"] = reading(folder / "many.pdf")[1] | {"pages": count}
    return facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--article", default="2020-01-04-soleimani-killed.html", help="a file of index/sample")
    parser.add_argument("--question", default="How many rockets fell on the K-1 base?")
    parser.add_argument("--pages", type=int, default=30, help="pages of the scan that is timed; 0 times none")
    options = parser.parse_args()
    if not ocr.is_installed():
        raise SystemExit(f"the extra is not installed: {ocr.INSTALL}")
    with tempfile.TemporaryDirectory() as folder:
        facts = measure(options.article, options.question, options.pages, Path(folder))
    lines: list[tuple[object, ...]] = [("read by OCR", "pages", "characters right", "seconds", "CPU seconds", "target")]
    named = (
        ("scan, 150 dpi, skewed by 1 degree", "scan"),
        ("the same in three columns of 9.5 points", "columns"),
        ("photograph, 200 dpi, blurred, lit from a side", "photograph"),
    )
    for words, name in named:
        part = facts[name]
        lines.append((words, part["pages"], f"{part['right']:.2%}", part["seconds"], part["cpu_seconds"], ">= 98 %"))
    if "many" in facts:
        part = facts["many"]
        lines.append(
            ("scan of many full pages", part["pages"], "", part["seconds"], part["cpu_seconds"], "30 in <= 180 s")
        )
    answer = facts["answer"]
    said = f"“{answer['question']}”: “{answer['sentence']}” (page {answer['page']}, read by OCR: {answer['ocr']})"
    save("ocr", facts, f"{table(lines)}\n\n{said}")


if __name__ == "__main__":
    main()
