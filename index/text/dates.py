"""Names of months, and days from a year, a month and a day that a text states."""

from datetime import date

__all__ = ["ENGLISH_MONTHS", "MONTHS", "MONTHS_SHORT", "day_of"]

# English, German, French, Spanish, Italian, Portuguese, Dutch, Russian: what dates are written in most often.
_NAMES = (
    "jan january januar janvier enero gennaio janeiro januari января",
    "feb february februar février febrero febbraio fevereiro februari февраля",
    "mar march märz mars marzo março maart марта",
    "apr april avril abril aprile апреля",
    "may mai mayo maggio maio mei мая",
    "jun june juni juin junio giugno junho июня",
    "jul july juli juillet julio luglio julho июля",
    "aug august août agosto augustus августа",
    "sep sept september septembre septiembre settembre setembro сентября",
    "oct october oktober octobre octubre ottobre outubro октября",
    "nov november novembre noviembre novembro ноября",
    "dec december dezember décembre diciembre dicembre dezembro декабря",
)
# The number of a month, 1 to 12, by its names in these languages, in lower case.
MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
ENGLISH_MONTHS = "january february march april may june july august september october november december".split()
# The first three letters of the English names, in order.
MONTHS_SHORT = [name[:3] for name in ENGLISH_MONTHS]


def day_of(year: object, month: object, day: object) -> date | None:
    """The day of a year, a month and a day in figures; None when there is no such day."""
    try:
        return date(int(str(year)), int(str(month)), int(str(day)))
    except ValueError:
        return None
