"""The language of a question, told from its words and from the languages of the articles that it is asked of, and that
of an article in its index.
"""

import re
from collections.abc import Mapping

from index.engine import SearchEngine
from index.store.bm25 import is_function_word
from index.text.languages import ENGLISH, STEMMERS, SURE, analyzed_as, likelihoods
from index.types import Article

__all__ = ["LANGUAGE_NOTE", "language_in", "language_note", "main_language", "question_language"]

LANGUAGE_NOTE = "the question seems to be in"
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 1_000  # limit: characters of a question that are looked at
_FEW = 3  # words; of fewer in Latin letters, a language without articles is not told
_LIKELY = 0.5  # of py3langid's probability: more likely than all others together
_FUNCTIONAL = 2  # words on a language's list of stop words that make up for what is lacking to SURE
_ELSEWHERE = 0.1  # how likely a language without articles is, against those that have some
# Words of English questions that are hardly words of another language.
_ASKING = frozenset(
    "the what which who whom whose when where how why did does were been with from that this about happened".split()
)


def question_language(question: str, held: Mapping[str, int]) -> str:
    """The language of a question, one of `STEMMERS`; `held` counts the articles of each language.

    One of the languages held, unless the question is surely in another one. With English articles only, a question with
    a plainly English word is English.
    """
    words = _WORD.findall(question[:_LONGEST].lower())
    english = sum(word in _ASKING for word in words)
    if english > 1 or (english and set(held) == {ENGLISH}) or not words:
        return ENGLISH if english or ENGLISH in held else main_language(held)
    latin = all(ord(char) < 0x250 for char in "".join(words))
    if latin and len(words) < _FEW and len(held) == 1:
        return main_language(held)
    try:
        shares = likelihoods(question[:_LONGEST])
    except OSError:  # it unpacks 130 MB into a temporary file when it is loaded, and the disk may be full
        return main_language(held)
    every = sum(held.values()) or 1
    found = {
        code: shares.get(code, 0.0) * (1 + 2 * held[code] / every if code in held else _ELSEWHERE) for code in STEMMERS
    }
    best = max(found, key=lambda code: found[code])
    share = shares.get(best, 0.0) / (sum(shares.get(code, 0.0) for code in STEMMERS) or 1.0)
    functional = sum(is_function_word(word, best) for word in words)
    sure = share >= SURE or (share >= _LIKELY and functional >= _FUNCTIONAL)
    if best in held or (sure and (len(words) >= _FEW or not latin)):
        return best
    return max(sorted(held), key=lambda code: (found[code], held[code]))


def language_in(index: SearchEngine, article: Article) -> str:
    """The language whose terms an article has in its index; English in one that was made before there were others."""
    code = analyzed_as(article.language)
    return code if code in index.languages else ENGLISH


def language_note(language: str, held: Mapping[str, int]) -> str:
    """What an answer says to a question in a language that no article is in; empty where some article is."""
    if language in held:
        return ""
    names = [STEMMERS[code].capitalize() for code in sorted(held, key=lambda code: (-held[code], code))]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{LANGUAGE_NOTE} {STEMMERS[language].capitalize()}, the articles are in {listed}"


def main_language(held: Mapping[str, int]) -> str:
    """The language with the most articles."""
    return max(sorted(held), key=lambda code: held[code]) if held else ENGLISH
