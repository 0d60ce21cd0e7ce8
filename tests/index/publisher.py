"""`python publisher.py ARTICLES INDEX COUNT`: publishes that many generations, each of another edition of every
article, and prints each one's name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from index.building.build import BuildOptions, build
from tests.fakes import FakeEncoder


def write_edition(folder: Path, edition: int) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(12):
        text = f"\U0001f4f0 Opening words of story {number}.\r\n\r\n" * 3 + (
            f"The minister counted {edition} convoys near Erbil in edition {edition} of story {number}. "
            f"Nobody disputed edition {edition} that night, said the inspector.\r\n"
        )
        (folder / f"{number}.txt").write_bytes(text.encode())


if __name__ == "__main__":
    articles, root = Path(sys.argv[1]), Path(sys.argv[2])
    encoder = FakeEncoder()
    for edition in range(1, int(sys.argv[3]) + 1):
        write_edition(articles, edition)
        print(build([articles], root, BuildOptions(encoder=encoder)).generation, flush=True)
