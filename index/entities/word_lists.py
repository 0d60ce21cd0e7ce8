"""Words by which the kind of a name is told: heads of organisations and places, given names, countries, cities."""

from functools import cache
from pathlib import Path

from index.text.names import HONORIFICS, PEOPLE, plain_word

__all__ = [
    "ALIASES",
    "CONNECTING",
    "DATES",
    "JOINED",
    "KNOWN_ORGANISATIONS",
    "OPENERS",
    "ORGANISATION_HEADS",
    "ORGANISATION_THINGS",
    "OTHER_ACRONYMS",
    "OTHER_FIRST",
    "OTHER_HEADS",
    "PARTICLES",
    "PLACE_FIRST",
    "PLACE_HEADS",
    "PLACE_NOUNS",
    "PLACE_THINGS",
    "SHORTENED",
    "SINGLE_HEADS",
    "SURNAMES",
    "SURNAME_HEADS",
    "TITLES",
    "common_words",
    "given_names",
    "is_adjective",
    "places",
]

# Words of a title before a name, written with capitals: "Deputy Foreign Minister X".
TITLES = (HONORIFICS | PEOPLE) - frozenset("host model star baker".split()) | frozenset(
    """baroness baron duke duchess earl count sheikh mullah sister father mother uncle aunt saint cpl pvt cmdr brig
    brigadier marshal inspector detective constable sheriff sergeant corporal premier comptroller chancellor
    provost dean councillor councilor alderman taoiseach congressman sultan superintendent coxswain reverend
    rev pastor monsignor herr frau monsieur madame señor signor attorney rt hon mp speaker coordinator whip
    treasurer auditor principal republican republicans democrat democrats director-general secretary-general
    vice-president vice-chancellor attorney-general governor-general president-elect sens reps gens govs
    assemblyman assemblywoman councilman councilwoman""".split()
)
SHORTENED = HONORIFICS | frozenset("st jr sr rev hon mt ft maj brig cpl pvt cmdr messrs".split())  # and a dot
PARTICLES = frozenset(
    "de da do dos das di du del della la le van von der den ter bin bint ibn al el y zu af av".split()
)
JOINED = ("al-", "el-", "ul-", "ad-", "an-", "as-", "ash-", "at-", "az-", "bin-", "d'", "d’", "l'", "l’")
CONNECTING = frozenset("of for and the on without in to".split())  # inside names of organisations and places
SURNAMES = frozenset("king major bishop pope marshal baker prince duke earl judge dean knight".split())  # and titles
# Capitals that are no organisation.
OTHER_ACRONYMS = frozenset(
    """tv dna rna suv suvs ok id ids edt est pst pdt cdt cst ceo cfo coo cto mp mps phd lgbt lgbtq lgbtq+ ai it pc
    usb gps hiv aids cpr atm vip faq pdf url ufo ufos ppe gdp cpi ipo etf vr ar ad bc bce ce ii iii iv vi
    vii viii ix xi xii jr sr md rn dj mc pr hr qr sms rv atv bmi icu er ptsd adhd mri ct iq gpa sat act led
    lcd diy eta rsvp aka asap n/a goat mvp era""".split()
)
ALIASES = {
    "us": "United States",
    "usa": "United States",
    "united states of america": "United States",
    "uk": "United Kingdom",
    "uae": "United Arab Emirates",
}  # of one country
DATES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul
    aug sep sept oct nov dec christmas easter ramadan eid passover thanksgiving gmt bst est et pm am i""".split()
)
# Words that begin sentences and are no part of the name after them.
OPENERS = frozenset(
    """a an the this that these those he she it they we you i his her its their our your my who whom whose which
    what when where why how if as at by for from in into of off on onto to with without within under over
    above below behind beside beyond between among amid amidst against across after before since until till
    during through throughout toward towards upon about around near inside outside along despite except
    unlike like but and or nor so yet although though because while whereas whether unless than then there
    here now once again also even ever never not no neither either both each every all any some most many
    much few several one two three four five six seven eight nine ten is are was were be been being am do
    does did done has have had having will would shall should can could may might must let lets former late
    president-elect meanwhile instead still last next such only just perhaps maybe however therefore
    moreover indeed earlier later today yesterday tomorrow soon first second third finally according asked
    told given other another same new old dear yes well oh hello hi sorry thanks thank please see read watch
    listen photo image video picture file caption source sources related more share follow update updated
    breaking exclusive opinion analysis editorial interview review""".split()
)
ORGANISATION_HEADS = frozenset(
    """academy administration agency airlines airways alliance army assembly associates association authority bank
    bar baseball basketball battalion board brigade brigades brothers bundestag bureau business cabinet
    campaign center centers centre centres chamber charity church club coalition coastguard college command
    commission committee commons communications community companies company confederation congress
    consortium consulting corp corporation corps council court department directorate division duma embassy
    enterprises entertainment exchange fc federation fed finance football force forces foundation front fund
    gazette government group guard guards guild guardian hamas herald hezbollah hockey holdings hospital house inc
    industries initiative inquirer inspectorate institute institution intelligence international investment
    investments journal kremlin knesset labs laboratories laboratory leaders league leagues legion library
    ltd llc llp lords mail media ministry mission mirror mob monitor motor motors movement museum nations
    navy network networks news newspaper observatory office ombudsman orchestra organisation organization
    parliament partners party pentagon pharmaceuticals plc police post press prosecutor program programme
    project politburo radio records regiment registry research reserve review robotics school schools
    secretariat securities seminary senate service services soccer society solutions standard station
    studios summit-group survey symphony syndicate systems team technologies technology telegraph television
    theatre times treasury tribunal tribune troop troops trust trusts union unions united universities
    university watch workers works squad squadron""".split()
)
SINGLE_HEADS = frozenset("congress senate parliament kremlin pentagon treasury knesset bundestag duma house".split())
PLACE_HEADS = frozenset(
    """airport avenue base basin bay beach border boulevard bridge canal canyon cathedral cemetery city coast
    county courthouse creek coliseum delta desert district drive ave blvd rd east emirates falls fields forest garden
    gardens gate gulf hall harbor harbour heights hill hills hotel island islands isle isles lake lane
    massif monastery mosque mountain mountains north ocean oblast palace arena park peninsula plateau plaza point
    port prison province quay raion range reef region reservation river road republic rico sands sea shore
    sound south square stadium states strait straits st street suburb temple territory tower towers town
    township valley village volcano ward west woods zone""".split()
)
# Names that are one word and that nothing around explains, or acronyms that some write as words.
KNOWN_ORGANISATIONS = frozenset(
    """nato unicef unesco interpol opec fifa uefa hezbollah hamas taliban al-qaeda qaeda isis fatah reuters google
    microsoft facebook netflix amazon tesla boeing airbus toyota volkswagen samsung huawei pfizer moderna exxon walmart
    starbucks oxfam greenpeace amnesty eu un""".split()
)
SURNAME_HEADS = frozenset("lake hill west park hall woods falls lane north east beach bridge forest heights".split())
PLACE_FIRST = frozenset(
    """new north south east west san santa são los las port fort ft camp mount mt lake cape upper lower st ain deir umm
    wadi tel tell beit khan jabal jebel ras""".split()
)
# Small words behind or before a name that say what it is: "Anbar province", "the militia X".
PLACE_THINGS = frozenset(
    """city town village province region state country capital district county island river lake mountain sea gulf
    strait peninsula port base bases airbase airport archipelago suburb neighborhood neighbourhood
    border valley""".split()
)
ORGANISATION_THINGS = frozenset(
    """company firm giant maker manufacturer corporation group organisation organization agency ministry university
    college bank charity party movement militia militias army coalition alliance network newspaper magazine broadcaster
    airline carrier league retailer chain startup club team faction insurgents fighters rebels""".split()
)
PLACE_NOUNS = frozenset(
    """city town village province region state county district island capital port coast suburb neighborhood
    neighbourhood territory enclave city-state republic kingdom outskirts south north east west center
    centre streets border valley shores people mayor governor university bay gulf isle""".split()
)
# Names of what is no person, organisation or place: by their last word, or their first.
OTHER_HEADS = frozenset(
    """accord accords act affair age agreement amendment award awards ballot bill bond bonds bowl budget canon case
    championship championships charter code conference constitution convention crisis cup day deal
    declaration decree derby disease doctrine edition election elections era exhibition fair feedback
    festival fever final finals flu games images index initiative law lawsuit marathon masters month movie
    oath olympics open operation order orders pact paper papers parade plan play playoffs policy poll photos
    polls prix prize protocol race rebellion report resolution revolution rights rule rules season series
    show spring statute storm story strategy strike summit syndrome test tour tournament treaty trial trip
    trophy vaccine videos virus war week year""".split()
)
OTHER_FIRST = frozenset(
    "uss hms typhoon hurricane cyclone storm tropical operation chapter article section page covid".split()
)
_PLACES = """Africa, Asia, Europe, Americas, America, Antarctica, Oceania, Middle East, West Bank, Gaza, Gaza Strip,
Kashmir, Crimea, Donbas, Catalonia, Kurdistan, Tibet, Scotland, Wales, England, Northern Ireland, Britain,
Great Britain, UK, US, USA, UAE, United States of America, U.S., U.K., U.A.E., Russia, Burma, Türkiye, Czech
Republic, Ivory Coast, Palestine, Hong Kong, Macau, Holland, Siberia, Balkans, Caribbean, Sahel, Levant,
Persian Gulf, Mediterranean, Atlantic, Pacific, Arctic, Black Sea, Red Sea, Alabama, Alaska, Arizona,
Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia, Hawaii, Idaho, Illinois, Indiana,
Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan, Minnesota, Mississippi,
Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York City, North Carolina,
North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island, South Carolina, South Dakota, Tennessee,
Texas, Utah, Vermont, Virginia, Washington, D.C., West Virginia, Wisconsin, Wyoming, Ontario, Quebec,
Alberta, British Columbia, Manitoba, Saskatchewan, Nova Scotia, New Brunswick, Newfoundland, Yukon, New
South Wales, Queensland, Victoria, Tasmania, Xinjiang, Guangdong, Punjab, Sindh, Kerala, Bavaria, Brussels,
Geneva, Beijing, Delhi, New Delhi, Mumbai, Bangalore, Ankara, Barcelona, Milan, Munich, Frankfurt, Hamburg,
Lyon, Marseille, Manchester, Liverpool, Birmingham, Glasgow, Edinburgh, Cardiff, Boston, Philadelphia,
Houston, Dallas, Miami, Atlanta, San Francisco, Seattle, San Diego, Las Vegas, Rio de Janeiro, Brasília,
Cape Town, Pretoria, Lahore, Islamabad, Osaka, Aleppo, Erbil, Mosul, Basra, Rafah, Jeddah, Mecca, Tel Aviv,
Strasbourg, The Hague, Abuja, Kyiv, Kiev, Ottawa, Canberra, Wellington, Rangoon, Naypyidaw, Astana, Odessa,
Rabat, Brazzaville"""  # capitals and the like that CLDR lacks
_NO_PLACES = frozenset(
    "world, eurozone, united nations, european union, indian, reunion, center, beulah, troll, winamac, knox".split(", ")
)  # of CLDR, which are none or mostly something else
_ADJECTIVES = frozenset(
    """british scottish welsh swiss dutch irish english french greek filipino filipina peruvian lebanese congolese
    afghan argentine muslim muslims christian christians jewish jew jews catholic islamic islamist sunni
    shia shiite protestant hindu hindus buddhist republican republicans democrat democrats democratic labour
    conservative tory tories european europeans asian african arab arabs western eastern northern southern
    central latino hispanic kurd kurdish kurds black native soviet norwegian danish finnish spanish spaniard
    swedish turk turks pole poles scot scots briton britons iraqis mideast palestinian communist socialist
    marxist liberal anglican evangelical orthodox federal parliamentary presidential former saudi saudis
    german germans georgian georgians philippine nigerien rican ricans lankan lankans zealander zealanders
    internet english-language bible koran quran god twitter facebook instagram""".split()
)
_ENDINGS = ("n", "an", "ian", "ean", "i", "ese", "ish", "er", "ic", "ans", "ians", "ns", "is", "eans")
# Given names that English text writes without a capital more often than with one.
_ALSO_WORDS = frozenset(
    """mark bill jill terry art gene guy jasmine faith joy angel chase mason lance rose drew cliff rod penny clay hope
    olive grace""".split()
)
_VOWELS = "aeiouy"
_LEAST = 4  # letters of a country that must stand in its adjective


@cache
def given_names() -> frozenset[str]:
    """Given names of many countries, in lower case, without accents (`python -m qa.training.name_words`)."""
    return _read("given_names.txt") | _ALSO_WORDS


@cache
def common_words() -> frozenset[str]:
    """English words that mostly have no capital."""
    return _read("common_words.txt")


def _read(name: str) -> frozenset[str]:
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@cache
def places() -> frozenset[str]:
    """Countries, and cities that name a time zone, of CLDR (Unicode licence, by Babel), with other places: in lower
    case, without accents and dots."""
    from babel import Locale
    from babel.core import get_global

    countries = (name for code, name in Locale("en").territories.items() if code not in ("ZZ", "XA", "XB"))
    zones = (zone.rpartition("/")[2].replace("_", " ") for zone in get_global("zone_territories"))
    named = {*countries, *zones, *(" ".join(name.split()) for name in _PLACES.split(","))}
    variants = {name.replace("&", "and").replace("St.", "St") for name in named}
    plain = {plain_word(name.replace(".", "")) for name in named | variants}
    return frozenset(name for name in plain if name not in _NO_PLACES and len(name) > 1)


@cache
def _adjectives() -> frozenset[str]:
    from babel import Locale

    found = set(_ADJECTIVES)
    for name in places():
        if " " not in name and len(name) >= _LEAST:
            stems = {name, name.rstrip(_VOWELS)}
            found.update(stem + ending for stem in stems if len(stem) >= _LEAST - 1 for ending in _ENDINGS)
    languages = (plain_word(name) for name in Locale("en").languages.values())
    found.update(name for name in languages if len(name) > _LEAST and " " not in name)
    return frozenset(found - places() - given_names() | _ADJECTIVES)


def is_adjective(word: str) -> bool:
    """Whether a word, in lower case, is of a country, people, language, creed or party: "iraqi", "sunni"."""
    return word in _adjectives()
