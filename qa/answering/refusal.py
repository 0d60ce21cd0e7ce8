"""Why nothing is cited, in one sentence."""

from qa.answering.evidence import Evidence
from qa.types import Filters

__all__ = ["reason"]

_FEW = 0.5  # of the question's idf weight


def reason(evidence: Evidence, filters: Filters, any_passage: bool) -> str:
    """What the closest passages lack, if there are any."""
    if not any_passage:
        if filters:
            return "No article is left under these filters."
        return "No passage has anything to do with the question."
    within = " under these filters" if filters else ""
    if evidence.names_another_thing:
        return f"The closest passages{within} do not mention what the question asks for."
    if evidence.together < _FEW:
        return f"Too few of the question's words stand in any passage{within}, and none is close to it in meaning."
    return f"The closest passages{within} share words with the question but do not speak to it."
