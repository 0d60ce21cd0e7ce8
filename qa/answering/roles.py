"""Whether a sentence says who or what a name is, or what it said. English only."""

import re
from collections.abc import Iterator

from index.types import Span

__all__ = ["people", "says", "tells_role"]

_WORD = re.compile(r"[\w’'-]+")
_NEAR = 60  # characters after a name in which a role or a verb of speech belongs to it
_FAR = 80  # characters after a person's name that may say what he or she is
_BEFORE = 4  # words before a name
_ARTICLES = frozenset("a an the his her their its who whose which former head chief".split())
_IS = frozenset("is are was were became remains".split())
_PEOPLE = frozenset(
    """president vice premier minister chancellor senator representative congressman congresswoman governor mayor king
    queen prince princess pope cardinal bishop archbishop rabbi imam ayatollah emir sultan secretary undersecretary
    ambassador envoy diplomat commissioner commander general gen admiral adm colonel col captain capt lieutenant lt
    major maj sergeant sgt officer chief head leader chairman chairwoman chair director ceo founder owner executive
    manager spokesman spokeswoman spokesperson adviser advisor aide analyst economist expert professor prof scientist
    researcher physicist doctor physician surgeon nurse lawyer attorney prosecutor judge justice lawmaker politician
    candidate deputy member activist journalist reporter correspondent editor author writer poet novelist historian
    actor actress singer rapper musician composer comedian director filmmaker producer artist designer model host
    presenter player star striker midfielder defender goalkeeper quarterback pitcher coach athlete champion boxer
    swimmer sprinter runner golfer cyclist driver footballer skater medalist winner billionaire entrepreneur investor
    banker farmer teacher student pilot astronaut sailor soldier fighter militant suspect victim wife husband son
    daughter father mother brother sister widow founder resident citizen dissident critic opponent ally successor
    predecessor""".split()
)
_THINGS = frozenset(
    """city town village province region state country nation capital district county island river lake
    mountain sea gulf strait peninsula port base airport company firm giant maker manufacturer corporation group
    organisation organization agency ministry department institute university college school hospital museum bank
    fund charity party movement militia army force alliance coalition network newspaper magazine broadcaster channel
    website platform app network service league club team airline carrier ship vessel aircraft bomber drone missile
    rocket vaccine drug virus disease language religion parliament senate court council committee commission union
    federation association foundation festival series film movie book novel song album show game store chain
    retailer brand supermarket startup republic territory kingdom archipelago suburb neighborhood
    neighbourhood""".split()
)
_ROLES = _PEOPLE | _THINGS
_PERSON = re.compile(r"(?<![\w’'-])(?:[A-Z][\w’'-]++ ){1,2}[A-Z][\w’'-]++")
_TITLES = _PEOPLE | frozenset("mr mrs ms dr".split())
_NO_PERSON = _ROLES | frozenset(
    """the a an but and if when while as for with from after before then even yet so or nor north south east west new
    saint united house white supreme security national international world news times post forces guards corps
    nations affairs street lake monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december act bill day republican democratic federal""".split()
)
_SPEECH = frozenset(
    """said says say saying told tells tweeted wrote writes added announced warned claimed argued insisted called stated
    declared denied accused urged vowed acknowledged confirmed explained suggested testified promised predicted
    described responded replied noted asked pledged thanked praised criticised criticized condemned demanded""".split()
)


def tells_role(sentence: str, name: Span) -> bool:
    """Whether a sentence says who or what stands at a name's range: a role before it ("the spokesman X"), an
    apposition after it ("X, the head of ...", "X, 45, a nurse") or "X is a ...".
    """
    before, after = sentence[: name.start], sentence[name.end : name.end + _NEAR]
    ends_before = max(before.rfind(mark) for mark in ".;:!?()")
    words = [_plain(word) for word in _WORD.findall(before[ends_before + 1 :])[-_BEFORE:]]
    if words and words[-1] in _ROLES:
        return True
    # "the head of the agency, X," and "the city of X"
    if _ROLES.intersection(words) and (before.rstrip().endswith(",") or words[-1] in ("of", "named", "called")):
        return True
    follows = [_plain(word) for word in _WORD.findall(after)]
    if follows[:1] and follows[0] in _IS:
        return bool(_ARTICLES.intersection(follows[1:3])) or bool(_ROLES.intersection(follows[1:5]))
    if after.startswith((",", " (", " –", " —", ", ")):
        clause = [_plain(word) for word in _WORD.findall(_clause(after[1:]))]
        if clause and clause[0].isdigit():  # an age
            clause = [_plain(word) for word in _WORD.findall(_clause(after[1:].partition(",")[2]))]
        return bool(clause) and (clause[0] in _ARTICLES - {"who", "which"} or bool(_ROLES.intersection(clause)))
    return False


def says(sentence: str, name: Span) -> bool:
    """Whether whoever stands at a name's range speaks in a sentence: "X said", "said X", "according to X"."""
    before = [_plain(word) for word in _WORD.findall(sentence[: name.start])[-_BEFORE:]]
    after = [_plain(word) for word in _WORD.findall(sentence[name.end : name.end + _NEAR])[:_BEFORE]]
    return bool(_SPEECH.intersection(after) or _SPEECH.intersection(before[-3:]) or before[-2:] == ["according", "to"])


def people(sentence: str) -> Iterator[str]:
    """The persons, by first name and last name, of whom a sentence says what they are: "President X Y", "X Y, a
    nurse". Each once, in their order."""
    seen = set()
    for match in _PERSON.finditer(sentence):
        words = match[0].split()
        words[-1] = words[-1].removesuffix("’s").removesuffix("'s")
        while len(words) > 2 and _plain(words[0]) in _TITLES:
            words = words[1:]
        name = " ".join(words)
        if any(_plain(word) in _NO_PERSON or word.isupper() for word in words) or name in seen:
            continue
        start = sentence.index(name, match.start())
        before = sentence[:start].rstrip()
        title = [_plain(word) for word in _WORD.findall(before)[-1:]]
        follows = [_plain(word) for word in _WORD.findall(_clause(sentence[match.end() + 1 :][:_FAR]))]
        beside = sentence.startswith(", ", match.end()) and len(follows) > 1 and follows[0] in _ARTICLES
        if (before[-1:].isalpha() and _PEOPLE.intersection(title)) or (beside and _PEOPLE.intersection(follows)):
            seen.add(name)
            yield name


def _clause(text: str) -> str:
    """What stands up to the next comma or bracket."""
    ends = [place for mark in ",)–—;" if (place := text.find(mark)) >= 0]
    return text[: min(ends)] if ends else text


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")
