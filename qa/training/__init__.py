"""Learning the coefficients and weights that ship with the package."""

import subprocess
from datetime import date

__all__ = ["commit_and_date"]


def commit_and_date() -> dict[str, str]:
    """When and from which code something is learned, to be written beside it."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"commit": commit, "date": date.today().isoformat()}
