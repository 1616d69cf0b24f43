"""What the command line shows of an e-mail and its way."""

import io
from uuid import UUID

from rich.console import Console
from rich.progress import Progress

from scribe.local.answers import CitedPaper, CitedSource, Claim, Email, Item, Metadata, Spent, Usage
from scribe.local.presentation import StepBars, StepLines, closing_line, items_table, number_sources, print_email

ID = UUID(int=7)
LAB = CitedSource(url="https://lab.example.org", title="The lab")
NEWS = CitedSource(url="https://news.example.org", title="News")
PAPER = CitedPaper(url="https://arxiv.org/abs/1", title="A paper", year=2024)


def email(**metadata: object) -> Email:
    return Email(
        id=ID,
        email_message="Dear Ada,\n\nYour lab cools helium. I would like to visit.\n\nRobin",
        template_type="research",
        is_confident=True,
        metadata=Metadata.model_validate(metadata),
    )


def shown(written: Email) -> str:
    console = Console(file=io.StringIO(), width=100)
    print_email(console, written)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_sentence_with_a_claim_carries_the_number_of_its_source() -> None:
    claims = (Claim(sentence="Your lab cools helium.", sources=(LAB,)),)
    text = shown(email(claims=claims, sources=(NEWS, LAB)))
    assert "Your lab cools helium. [1] I would like to visit." in text
    assert "[1] The lab  https://lab.example.org" in text
    assert "[2] News  https://news.example.org" in text


def test_a_source_has_one_number_however_often_it_is_named() -> None:
    claims = (Claim(sentence="a", sources=(LAB, NEWS)), Claim(sentence="b", sources=(LAB,)))
    assert list(number_sources(email(claims=claims, sources=(LAB,), arxiv_papers=(PAPER,))).values()) == [1, 2, 3]


def test_brackets_in_an_email_are_text_and_no_markup() -> None:
    written = email().model_copy(update={"email_message": "Dear [bold]Ada[/bold], [my name]"})
    assert "Dear [bold]Ada[/bold], [my name]" in shown(written)


def test_thin_evidence_and_warnings_are_told() -> None:
    written = email(warnings=("Please fill in {{my name}} yourself.",)).model_copy(update={"is_confident": False})
    assert "Please fill in {{my name}} yourself." in shown(written)
    assert "The evidence is thin" in shown(written)


def test_the_closing_line_sums_up() -> None:
    usage = Usage(total=Spent(cost_usd=0.0123))
    line = closing_line(email(sources=(LAB, NEWS), arxiv_papers=(PAPER,), usage=usage), 3.21, "stand-ins")
    assert line == f"email {ID} in 3.2 s | sources 2 | papers 1 | $0.0123 | upstreams: stand-ins"


def test_an_unknown_price_is_not_shown_as_free() -> None:
    assert "| $? |" in closing_line(email(usage=Usage(total=Spent(cost_usd=None))), 1.0, "real")


def test_every_step_gets_one_line_and_a_skipped_one_says_so() -> None:
    console = Console(file=io.StringIO(), width=100)
    with console.status("") as status:
        lines = StepLines(console, status)
        lines.update(Item(id=ID, status="processing", step_timings={"template_parser": 0.5}))
        ended = {"template_parser": 0.5, "web_scraper": 1.0, "email_composer": 2.0}
        lines.update(Item(id=ID, status="completed", step_timings=ended, skipped_steps=("arxiv_helper",)))
    assert isinstance(console.file, io.StringIO)
    told = [line.split() for line in console.file.getvalue().splitlines() if line.strip()]
    assert [line[0] for line in told] == ["✓", "✓", "–", "✓"]
    assert told[2][-1] == "skipped"


PAUSED = "Writing is paused: a service that Scribe depends on does not answer. It goes on by itself."


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_an_email_waits_for_is_told_once_and_stands_in_the_list() -> None:
    console = Console(file=io.StringIO(), width=160)
    held = Item(id=ID, status="processing", current_step="template_parser", notice=PAUSED)
    with console.status("") as status:
        lines = StepLines(console, status)
        lines.update(held)
        lines.update(held)
    assert text_of(console).count(PAUSED) == 1
    console.print(items_table([held]))
    assert text_of(console).count(PAUSED) == 2


def test_what_many_emails_wait_for_is_told_once_until_none_of_them_waits() -> None:
    console = Console(file=io.StringIO(), width=160)
    held = [Item(id=UUID(int=number), status="processing", notice=PAUSED) for number in (1, 2)]
    with Progress(console=console) as progress:
        bars = StepBars(progress, len(held))
        for item in held:
            bars.update(item)
        assert text_of(console).count(PAUSED) == 1
        for item in held:
            bars.update(item.model_copy(update={"notice": None}))
        bars.update(held[0])
    assert text_of(console).count(PAUSED) == 2
