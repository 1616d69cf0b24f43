"""What a written template may say about the student: only what the document and the instructions say."""

import pytest

from scribe.gateway.template_writer.writing import faults_of, invented_in

DOCUMENT = "Jo Park. BSc Physics, University of Example, 2023. Ising model, Python. Praktikum am Institut für Physik."
GERMAN = """Sehr geehrte Frau Professor {{last_name}},

mein Name ist Jo Park, und ich studiere Physik an der University of Example. Mit großem Interesse habe
ich Ihre Arbeit {{paper_title}} gelesen, vor allem den Abschnitt über {{one detail of the paper}}, der
mir eine neue Sicht auf das Thema gegeben hat. In meinem Studium habe ich mich mit dem Ising model
beschäftigt und dafür eigene Programme in Python geschrieben, mit denen ich das Verhalten von Magneten in
der Nähe des kritischen Punktes untersucht habe.

Ich suche für den kommenden Sommer ein Praktikum in einer Arbeitsgruppe, in der ich die Methoden der
theoretischen Physik von Grund auf lernen und zu einer laufenden Arbeit etwas beitragen kann. Ihre Gruppe
wäre für mich die erste Wahl, weil {{one reason from their research}}. Über die Möglichkeit eines kurzen
Gesprächs, gerne auch am Telefon, würde ich mich sehr freuen; meine Unterlagen sende ich Ihnen auf Wunsch
sofort zu. Für Ihre Zeit und Ihre Mühe danke ich Ihnen schon jetzt von Herzen, und ich wünsche Ihnen und
Ihrer Gruppe viel Erfolg bei den kommenden Versuchen und Vorträgen im Ausland.

Mit freundlichen Grüßen
{{your_name}}"""


def test_german_nouns_are_no_inventions() -> None:
    assert list(faults_of(GERMAN, DOCUMENT)) == []


@pytest.mark.parametrize(
    "prose",
    [
        "Dear Professor  , I have read your work.",
        "Dear Dr  , I have read your work, Professor, and that of Jo Park.",
        "I study at the University of Example and use Python for the Ising model.",
        "Cher Monsieur le Professeur  , je vous écris.",
        "I finished in 2023 with Jo Park's help.",
    ],
)
def test_titles_and_what_was_said_are_no_inventions(prose: str) -> None:
    assert invented_in(prose, DOCUMENT) == []


@pytest.mark.parametrize(
    ("prose", "invented"),
    [
        ("I worked for Siemens, in 2019, on a robot for the house and for the garden of my old school.", "Siemens"),
        ("I have a grade of 3.9 in all of my courses.", "3.9"),
        ("Ich habe an der ETH mit Herrn Müller über das Thema Magnete und die Physik der Metalle gearbeitet.", "ETH"),
        ("je travaille avec Éric sur les aimants et sur la physique des métaux à basse température.", "Éric"),
    ],
)
def test_what_nobody_said_is_found(prose: str, invented: str) -> None:
    assert invented in invented_in(prose, DOCUMENT)


@pytest.mark.parametrize("name", ["Moss", "Ross", "ETH", "Texas"])
def test_a_name_is_not_said_by_letters_within_other_words(name: str) -> None:
    known = "Most of the method runs across text in a rota."
    assert invented_in(f"I have worked for some time with {name} on the same questions.", known) == [name]


@pytest.mark.parametrize("said", ["Bayes", "LLMs", "James'", "O'Brien's", "Max-Planck"])
def test_a_name_is_said_also_in_another_form(said: str) -> None:
    known = "Bayesian inference with an LLM, supervised by James O'Brien at Max-Planck."
    assert invented_in(f"I have worked for some time on {said} and on the same questions.", known) == []
