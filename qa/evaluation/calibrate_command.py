"""python -m qa calibrate: prints what thresholds of confidence do on an index, and keeps the one that is wished for."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from index.errors import UsageError
from index.store.snapshot import Index
from qa.answering.coefficients import shipped_coefficients
from qa.answering.threshold import forget_threshold, own_threshold, store_threshold
from qa.evaluation.calibration import FEWEST, AskedTwice, Point, ask_both_ways, curve, threshold_for
from qa.search.query import is_small

__all__ = ["calibrate"]

_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)  # view: of wrong answers, for which the curve has a row


def calibrate(options: argparse.Namespace, folder: Path) -> int:
    """Runs the command on the index in a folder: its exit code. Raises UsageError and what opening the index raises."""
    from tqdm import tqdm

    wished, reader = options.wrong_answers, not options.no_reader
    if wished is not None and not 0.0 <= wished <= 1.0:
        raise UsageError(f"--wrong-answers is a share from 0 to 1, such as 0.1, not {wished:g}")
    if options.questions < FEWEST:
        raise UsageError(f"--questions is at least {FEWEST}: fewer tell too little")
    with Index.open(folder) as index:
        if options.forget:
            print("its own threshold is gone" if forget_threshold(index) else "this index has no threshold of its own")
            return 0
        with tqdm(total=options.questions, unit=" questions", leave=False, disable=None, file=sys.stderr) as bar:
            asked = ask_both_ways(
                index, options.questions, seed=options.seed, reader=reader, done=lambda count: bar.update(count - bar.n)
            )
        now = own_threshold(index, reader=reader)
        if now is None:
            now = shipped_coefficients(small=is_small(index.passage_count), reader=reader).threshold
        shown = curve(asked, [now, *(threshold_for(asked, share) for share in _SHARES)])
        chosen = None
        if wished is not None:
            (chosen,) = curve(asked, [threshold_for(asked, wished)])
            _keep(index, chosen, asked, options)
    if options.json:
        print(json.dumps(_as_json(asked, shown, chosen), indent=1))
    else:
        print(_table(asked, shown, chosen))
    return 0


def _keep(index: Index, chosen: Point, asked: list[AskedTwice], options: argparse.Namespace) -> None:
    facts = {
        "wished": options.wrong_answers,
        "measured": {"answered": chosen.answered, "right": chosen.right, "wrong": chosen.wrong},
        "questions": len(asked),
        "seed": options.seed,
        "generation": index.generation,
        "date": date.today().isoformat(),
    }
    try:
        store_threshold(index, chosen.threshold, facts, reader=not options.no_reader)
    except OSError as error:
        raise UsageError(
            f"the threshold cannot be kept ({error.strerror}); make the index's folder writable"
        ) from error


def _table(asked: list[AskedTwice], shown: list[Point], chosen: Point | None) -> str:
    hidden = sum(one.hidden is not None for one in asked)
    lines = [
        f"{len(asked)} questions made from the articles; {hidden} of them asked again with their article hidden",
        "",
        "threshold   answered   of these right   unanswerable ones answered",
    ]
    for place, point in enumerate(shown):
        mark = "   <- now" if place == 0 else ""
        lines.append(f"{point.threshold:9.3f}  {point.answered:9.1%}  {point.right:15.1%}  {point.wrong:27.1%}{mark}")
    if chosen is None:
        then = "to set one: python -m qa calibrate --wrong-answers 0.1"
    else:
        then = f"threshold of this index from now on: {chosen.threshold:.3f} ({chosen.wrong:.1%} answered wrongly)"
    return "\n".join([*lines, "", then])


def _as_json(asked: list[AskedTwice], shown: list[Point], chosen: Point | None) -> dict[str, object]:
    return {
        "questions": len(asked),
        "hidden": sum(one.hidden is not None for one in asked),
        "now": asdict(shown[0]),
        "curve": [asdict(point) for point in shown[1:]],
        "chosen": asdict(chosen) if chosen else None,
    }
