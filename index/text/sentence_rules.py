"""Rules by language for where a sentence does not end: abbreviations, initials and ordinals that sentencex cuts at."""

import re

__all__ = ["goes_on"]

_REACH = 24  # characters in front of a boundary that are looked at, and behind it
_LOWER = re.compile(r"[«»„“\"'(–—-]?\s?[a-zß-öø-ÿа-яё]")  # a sentence begins with a capital in these languages
_ARTICLES = "der|die|das|dem|den|des|im|am|zum|zur|vom|beim|ab|bis|seit|ein|eine|einem|einen|eines|einer"
_COUNTED = "Jahrhundert|Jahrtausend|Weltkrieg|Jahrestag|Geburtstag|Todestag|Lebensjahr|Spieltag|Mal |Stock |Platz "
# What no sentence ends with.
_BEFORE = {
    "ar": re.compile(r"(?:^|[\s(«])(?:[اأبتجحخدذرزسشصضطظعغفقكلمنهوي]|ص\.ب)\.$"),
    "de": re.compile(rf"\b(?:(?:{_ARTICLES})\s\d{{1,3}}|Abb|bzw|ca|evtl|geb|ggf|inkl|Nr|sog|St|Str|vgl|zzgl)\.$", re.I),
    "es": re.compile(r"\b(?:Sra?|Srta|Sres|Dr[ae]?s?|Uds?|Prof|Ing|Lic|Gral|avda|núms?|págs?|aprox)\.$", re.I),
    "fr": re.compile(
        r"(?:(?<!\d)(?<!\d\s)\bM|\b(?:J|MM|Mmes?|Mlles?|Mgr|Drs?|Prs?|Prof|Ste?|av|apr|chap|fig|pp?|vol))\.$"
    ),
    "ru": re.compile(r"\b(?:акад|гл|доц|им|обл|ок|пл|пос|пр|проф|рис|см|ср|стр|табл|ул|т\. ?е|[А-ЯЁ])\.$"),
}
_ORDINAL, _OF_ORDINALS = re.compile(r"\b\d{1,3}\.$"), re.compile(_COUNTED)


def goes_on(text: str, place: int, language: str) -> bool:
    """Whether the sentence goes on at a place of a text where sentencex ends one; never in English."""
    if language not in _BEFORE:
        return False
    before = text[max(0, place - _REACH) : place].rstrip()
    behind = text[place : place + _REACH].lstrip()
    if not before or not behind:
        return False
    if _BEFORE[language].search(before) or (language != "ar" and _LOWER.match(behind)):
        return True
    return language == "de" and bool(_ORDINAL.search(before) and _OF_ORDINALS.match(behind))
