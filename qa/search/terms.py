"""Content terms of a question: analysed as the BM25 index analyses them, without stop words."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from index.engine import SearchEngine, Selection
from index.store.bm25 import analyze, idf, is_function_word, term_of, tokenize
from index.text.languages import ENGLISH

__all__ = ["content_terms", "content_words", "covered", "idf_weights", "longest_run", "name_terms", "query_terms"]

_NEGATED = re.compile(r"\b\w+n['’]t\b", re.IGNORECASE)  # "won't" would be cut into "won" and "t"
_WORD = re.compile(r"[^\W_]+")
_NAME = re.compile(r"(?<=[\w,;:] )(?:[A-Z]\w+|\d\w*)")
_MOST = 48  # limit: terms of a query; 24 and all rank CAsT 2021 alike, to .002
_STOP = frozenset(
    analyze(
        """a about according after again all also am an and any are as at be because been before being but by can
        could did do does doing done for from had has have having he her here hers him his how i if in into is it
        its just kind let many me might more most much my no nor not of on once one or other our out over own per
        please same shall she should so some such tell than that the their them then there these they this those
        though through to too us very via was we were what when where whether which while who whom whose why will
        with would you your s t d ll m re ve"""
    )
)
_WORDS_KEPT = 65_536  # limit: words that are remembered
# Words that ask, and others that Snowball's lists of stop words lack, by language.
_MORE = {
    "ar": """من ما ماذا متى أين اين كيف لماذا لم كم أي اي أية هل ذا الذي التي الذين اللذين اللتين في على إلى الى
        عن مع بعد قبل بين عند عندما حتى منذ خلال حول ضد دون أن ان إن أنه انه أنها انها كان كانت كانوا يكون
        تكون ليس ليست قد لقد هو هي هم هن هذا هذه ذلك تلك هناك هنا و أو او ثم لا لن ولا كل بعض غير كما لكن بل
        إذا اذا به بها له لها لهم فيه فيها منه منها عليه عليها إليه إليها بأن لأن وقد وكان وكانت وفي ومن
        وعلى حيث مما عما ممن فيما بما لما تم جرى""",
    "da": "hvem hvad hvornår hvor hvordan hvorfor hvilken hvilket hvilke hvis mange meget",
    "de": """wer wen wem wessen wann wohin woher warum weshalb wieso wieviel wieviele viele viel gibt gab wurde
        wurden worden beim laut seit geht ging woran worauf woraus wodurch wofür wogegen womit worin worüber
        wovon wozu etwa""",
    "el": """ποιος ποια ποιο ποιοι ποιες ποιου τι πότε που πού πώς γιατί πόσο πόσα πόσοι πόσες ο η το οι τα του
        της των τον την τους τις και να θα με σε για από στο στη στην στον στα στις στους είναι ήταν έχει
        είχε δεν ή ένα μια ένας αυτό ότι""",
    "es": "quién quiénes cuándo dónde adónde cómo cuál cuáles cuánto cuántos cuánta cuántas según hay hubo",
    "fi": "milloin miten kuinka paljonko montako mihin mistä kenen",
    "fr": """quoi quand où comment pourquoi combien est a ont été était étaient selon depuis lequel laquelle
        lesquels lesquelles auquel duquel dont t afin""",
    "hu": "hol hová honnan melyik hány mennyi mikor miért hogyan kinek kit",
    "it": "cosa quando quali quanta quante secondo",
    "nl": "wanneer waar waarom welke welk hoeveel waarheen waarmee volgens",
    "no": "hvem hva når hvor hvordan hvorfor hvilken hvilket hvilke mange mye",
    "pt": "onde porque quais quanto quanta quantos quantas aonde segundo há",
    "ro": """cine ce când unde cum care câți câte cât de la în pe cu și a al ai ale cel cea cei cele un o unei
        unui este sunt era au fost din pentru prin sau nu să se lui""",
    "ru": """кого кому кем чего чему откуда почему какое какие каких каком какого какими сколько чей чья чьё чьи
        это этого её который которого которая которые которых этом эта согласно также""",
    "sv": "vilken vilket vilka vem vad när var hur varför många mycket",
    "tr": """kim ne zaman nerede nereye nasıl neden niçin hangi kaç kaçta ve ile bir bu şu o için gibi mi mı mu
        mü de da""",
}


def query_terms(text: str, language: str = ENGLISH) -> dict[str, float]:
    """The distinct terms of a text of a language with weight 1 each, in order, without words that carry no meaning.

    When nothing else is left, those words are kept: "What is it?" still asks something.
    """
    kept = content_terms(text, language) or [*dict.fromkeys(filter(None, analyze(_NEGATED.sub(" ", text), language)))]
    return dict.fromkeys(kept[:_MOST], 1.0)


def content_terms(text: str, language: str = ENGLISH) -> list[str]:
    """The distinct terms of a text of a language that carry meaning, in order; none for "What is it?"."""
    if language != ENGLISH:
        words = [word for word in tokenize(text) if not _is_stop_word(word, language)]
        return [term for term in dict.fromkeys(term_of(word, language) for word in words) if term]
    return [term for term in dict.fromkeys(analyze(_NEGATED.sub(" ", text))) if term not in _STOP]


@lru_cache(_WORDS_KEPT)
def _is_stop_word(word: str, language: str) -> bool:
    """Whether a word that `tokenize` found carries no meaning in a question of a language other than English."""
    return word in _MORE.get(language, "").split() or is_function_word(word, language)


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, as they are written there, in order, none twice."""
    words: dict[str, str] = {}
    for word in _WORD.findall(_NEGATED.sub(" ", text)):
        term = " ".join(analyze(word))
        if term and term not in _STOP:
            words.setdefault(term, word)
    return list(words.values())


def name_terms(text: str, language: str = ENGLISH) -> list[str]:
    """The terms of the names and numbers of a text of a language; a capital that begins a sentence tells nothing."""
    return [term for name in _NAME.findall(text) for term in analyze(name, language)]


def idf_weights(
    index: SearchEngine, terms: Mapping[str, float], selection: Selection | None = None
) -> dict[str, float]:
    """The weight of each term by its rarity among the passages that a filter admits (Robertson & Zaragoza 2009)."""
    count = index.passage_count if selection is None else selection.passage_count
    return {term: idf(count, index.document_frequency(term, selection)) for term in terms}


def covered(weights: Mapping[str, float], terms: Collection[str]) -> float:
    """The share of the weights whose terms are among those of a text, 0 to 1."""
    total = sum(weights.values())
    if not total:
        return 0.0
    return sum(weight for term, weight in weights.items() if term in terms) / total


def longest_run(weights: Mapping[str, float], asked: Sequence[str], text: Sequence[str]) -> float:
    """The share of the weights, 0 to 1, of the heaviest run of a question's terms that stands in a row among a text's:
    the longest common substring (Gusfield 1997), weighted; terms without a weight may stand in it."""
    places: dict[str, list[int]] = {}
    for place, term in enumerate(asked):
        places.setdefault(term, []).append(place)
    heaviest, before = 0.0, dict[int, float]()  # of the runs that end at the last term of the text, by their last place
    for term in text:
        asked_at = places.get(term)
        if asked_at is None:
            before.clear()
            continue
        weight = weights.get(term, 0.0)
        before = {place: before.get(place - 1, 0.0) + weight for place in asked_at}
        heaviest = max(heaviest, *before.values())
    total = sum(weights.values())
    return min(1.0, heaviest / total) if total else 0.0
