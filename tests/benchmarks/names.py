"""Are names answered? python -m tests.benchmarks.names --index DIR

60 people, organisations and places of realtimeqa, in three forms each, and 30 names that nobody bears. The names were
drawn at random from the capitalised runs of words in its articles (two to sixty articles each) and sorted by hand.
Prints the share answered, the share whose first quote and first marked sentence hold the name, and for how many "Who
is" marks a sentence with a role, of those people whose name stands beside one in any passage that is read. Writes it
beside this file, named by commit.
"""

import argparse
from pathlib import Path

from index import Index
from qa import Answer, ask
from qa.answering.mentions import mentions
from qa.search.name_matching import find_name
from qa.search.names import NameQuestion
from tests.benchmarks.common import save, table

PEOPLE = (
    "Keke Palmer|Marco Rubio|Bill Nelson|Marty Walsh|Sofiane Boufal|Bob Broeksmit|Sarah Huckabee Sanders|"
    "Carmine Marceno|Zabiullah Mujahid|Elizabeth Warren|Cherelle Griner|Erica Herman|Ryan Zinke|Brett Kavanaugh|"
    "Phil Mattingly|Mahsa Amini|Elie Honig|Jim Hammond|Petteri Taalas|Oscar Leeser|Dolly Parton|Julia Roberts|"
    "Larry Ellison|Lindsay Colas|Brian Hart|Jon Tester|Michael Gove|Lena Dunham|Doug Emhoff|Claire Hannan|"
    "Elizabeth Prelogar|Craig Singleton|Nick Kyrgios|Ben Wallace|Pam Melroy|Abdalla Hamdok"
).split("|")
ORGANISATIONS = (
    "Freedom House|Le Monde|One Medical|Axiom Space|Brothers of Italy|Home Depot|Patriot Front|Sonic Healthcare|"
    "National Weather Service|Boston Celtics|Salesforce|Datasembly"
).split("|")
PLACES = (
    "Baja California|Papua New Guinea|Osceola County|Cayo Costa|Costa Rica|Montenegro|Malta|Chongqing|Quito|Cauca|"
    "Bermuda|Romania"
).split("|")
# Each of words that stand in news by themselves, or of none that does.
INVENTED = (
    "Boris Rubio|Marco Pompeo|Keke Zinke|Sofiane Warren|Elizabeth Mujahid|Dolly Ellison|Larry Kavanaugh|Julia Tester|"
    "Craig Dunham|Nick Gove|Mahsa Roberts|Pam Hamdok|Oscar Singleton|Lena Taalas|Bill Amini|Doug Kyrgios|"
    "Varkentin Oblomoski|Tirzah Quenneville-Brodt|Ushgar Melbyre|Prylda|Zorvandia|Quellmontia|Hestrivale County|"
    "Brothers of Malta|Freedom Depot|Axiom Celtics|National Wrather Sorvice|Papua New Quito|Baja Bermuda|Le Salesforce"
).split("|")


def forms(name: str, kind: str) -> list[str]:
    """Three questions whose content is a name."""
    if kind == "people":
        return [f"Who is {name}?", name, f"What did {name} say?"]
    return [f"What is {name}?", name, f"Which articles are about {name}?"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="print each question with its first marked sentence")
    options = parser.parse_args()
    lines: list[tuple[object, ...]] = [("", "questions", "answered", "name in the first quote", "in the sentence")]
    facts: dict[str, object] = {}
    with Index.open(options.index) as index:

        def answer(question: str) -> Answer:
            found = ask(question, index=index, as_of="any")
            if options.show:
                marked = " ".join(found.citations[0].sentence.split()) if found.found else found.reason
                print(f"{question} -> {marked}", flush=True)
            return found

        roles = [0, 0]
        for kind, names in (("people", PEOPLE), ("organisations", ORGANISATIONS), ("places", PLACES)):
            counts = [0, 0, 0, 0]
            for name in names:
                asked = NameQuestion(name, "who", capital=True)
                for number, question in enumerate(forms(name, kind)):
                    found = answer(question)
                    first = found.citations[0] if found.found else None
                    counts[0] += 1
                    counts[1] += found.found
                    counts[2] += first is not None and find_name(asked, first.text) is not None
                    counts[3] += first is not None and find_name(asked, first.sentence) is not None
                    if kind == "people" and number == 0 and any(one.tells for one in mentions(index, asked).found):
                        roles[1] += 1
                        roles[0] += first is not None and first.strength == "strong"
            lines.append((kind, counts[0], *(f"{count / counts[0]:.3f}" for count in counts[1:])))
            facts[kind] = counts
        invented = [answer(form) for name in INVENTED for form in forms(name, "people")]
        lines.append(
            ("invented names", len(invented), f"{sum(one.found for one in invented) / len(invented):.3f}", "", "")
        )
        exact = sum("stands in none of the articles" in one.reason for one in invented)
    facts |= {"invented": sum(one.found for one in invented), "roles": roles}
    text = (
        f'{table(lines)}\n\n"Who is" marks a role for {roles[0]} of the {roles[1]} people who have one; '
        f"{exact} of {len(invented)} refusals say that the name stands nowhere."
    )
    save("names", facts, text)


if __name__ == "__main__":
    main()
