"""`python tests/fake_cli.py COMMAND...` is `python -m index COMMAND...` with the fake model in place of the real one.

HOLD_AT=STAGE in the environment lets a build print "held" at that stage, and wait to be killed or interrupted.
"""

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import index.building.build
import index.building.staging
from index import cli
from index.building.report import Progress
from index.building.staging import BuildOptions
from index.embedding.encoder import DEFAULT_MODEL
from tests.fakes import FakeEncoder


def _hold(real: Any) -> Any:
    def build(sources: Any, place: Any, options: BuildOptions) -> Any:
        show = options.progress

        def progress(now: Progress) -> None:
            if now.stage == os.environ.get("HOLD_AT") and (now.stage != "embedding" or now.done):
                print("held", flush=True)
                while True:
                    time.sleep(0.05)
            show(now)

        return real(sources, place, replace(options, progress=progress))

    return build


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run of tests in the background hands on its ignoring
    encoder = FakeEncoder(name=DEFAULT_MODEL)
    index.building.staging.shared_encoder = lambda *_: encoder  # type: ignore[assignment]
    index.building.build.build = _hold(index.building.build.build)
    sys.exit(cli.main())
