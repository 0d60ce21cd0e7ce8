"""Stop words of questions by language: the lists of Snowball, and what they lack of the words that ask."""

from functools import lru_cache

from index.store.bm25 import is_function_word

__all__ = ["is_stop_word"]

_WORDS_KEPT = 65_536  # limit: words that are remembered
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


@lru_cache(_WORDS_KEPT)
def is_stop_word(word: str, language: str) -> bool:
    """Whether a word that `tokenize` found carries no meaning in a question of a language other than English."""
    return word in _more(language) or is_function_word(word, language)


@lru_cache
def _more(language: str) -> frozenset[str]:
    return frozenset(_MORE.get(language, "").split())
