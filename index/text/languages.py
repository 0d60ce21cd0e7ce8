"""Language identification: the language of an article, told from its text, and which languages have rules of their own.

py3langid (Lui & Baldwin 2012, "langid.py: An Off-the-shelf Language Identification Tool") is loaded, in a second, only
for a text that is not plainly English.
"""

import re
from dataclasses import replace
from functools import cache
from typing import Any

from index.types import Article

__all__ = ["ENGLISH", "STEMMERS", "SURE", "analyzed_as", "is_plain_english", "likelihoods", "told"]

ENGLISH = "en"
# ISO 639-1 codes of the languages with a stemmer (Snowball), by the names of these. Texts of others are stemmed as
# English, which leaves words of other scripts as they are.
STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
SURE = 0.9  # of py3langid's probability: no English text of nine evaluation sets is another language from .8 on

_SAME = {"ary": "ar", "arz": "ar", "nb": "no", "nn": "no"}
_SAMPLE = 2_000  # characters from the middle of a text, where no menu stands
_ENOUGH = 100  # letters; of a shorter text, what it states is believed
_WORD = re.compile(r"[^\W\d_]+")
_FREQUENT = frozenset("the of and to that for with was this from".split())  # hardly a word of any other language
_PLAIN = 0.1  # share of these in a text from which it is plainly English; English news has about twice as much


def analyzed_as(stated: str) -> str:
    """The language whose stemmer, stop words and sentence rules a text gets: "de" for "de-AT", English for none and for
    one without a stemmer."""
    code = stated.replace("_", "-").partition("-")[0].strip().lower()
    code = _SAME.get(code, code)
    return code if code in STEMMERS else ENGLISH


def told(article: Article) -> Article:
    """The article with the language of its text; with what it states where that is the same, or the text is too short
    or not surely of a language with a stemmer."""
    text, stated = article.text, article.language
    start = max(0, (len(text) - _SAMPLE) // 2)
    sample = text[start : start + _SAMPLE]
    if sum(map(len, _WORD.findall(sample))) < _ENOUGH:
        return article
    if is_plain_english(sample):
        found, sure = ENGLISH, 1.0
    else:
        found, sure = max(likelihoods(sample).items(), key=lambda item: item[1])
    if sure < SURE or found not in STEMMERS or found == (analyzed_as(stated) if stated else ENGLISH):
        return article
    return replace(article, language=found)


def is_plain_english(text: str) -> bool:
    """Whether a tenth of its words are frequent English ones."""
    words = _WORD.findall(text.lower())
    return sum(word in _FREQUENT for word in words) >= max(1.0, _PLAIN * len(words))


def likelihoods(text: str) -> dict[str, float]:
    """How likely a text is of each language that py3langid knows, by ISO code; they add up to 1."""
    found: dict[str, float] = {}
    for code, share in _identifier().rank(text):
        found[_SAME.get(code, code)] = found.get(_SAME.get(code, code), 0.0) + share
    return found


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
