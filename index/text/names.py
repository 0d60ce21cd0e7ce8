"""Words in and around names in English text: titles, roles, verbs of speech; and words without case and accents."""

import unicodedata

__all__ = ["HONORIFICS", "INNER", "PEOPLE", "SPEECH", "THINGS", "TITLES", "plain_word"]

INNER = frozenset("of the de da di du la le el al bin ibn von van der den".split())  # inside names
HONORIFICS = frozenset("mr mrs ms miss dr prof sir dame lord lady gen sen rep gov lt col sgt capt adm".split())
TITLES = HONORIFICS | frozenset("president general senator professor minister king queen prince princess".split())
# Who a person can be, and what a thing can be.
PEOPLE = frozenset(
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
THINGS = frozenset(
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
SPEECH = frozenset(
    """said says say saying told tells tweeted wrote writes added announced warned claimed argued insisted called stated
    declared denied accused urged vowed acknowledged confirmed explained suggested testified promised predicted
    described responded replied noted asked pledged thanked praised criticised criticized condemned demanded""".split()
)


def plain_word(word: str) -> str:
    """A word without case and accents."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))
