"""Text that speaks to a model instead of about its subject.

Fences tell a model what is data; this is for the model that does not listen. What orders a reader about is left out
before it reaches a prompt. It is a net with holes: the checks on what is written are what holds. An order stands at the
beginning of a clause, so that a text about prompts, jailbreaks and agents is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, takewhile

from scribe.common.text.invisible import with_plain_line_ends, without_invisible

_BREAK = re.compile(
    r"(?<![.!?:;\n>\]])[.!?:;\n>\]]++[\"'”’)\]]{0,3}(?:\s|$)|\s[-–—|]\s|\n|,\s(?=(?:and|then|please)\s)"
)
"""Where a clause ends. A colon within a word ends none."""
_POLITE = (
    r"[\s\"'“‘«(\[*#-]{0,5}(?:(?:please|kindly|now|then|also|always|instead|just|simply|and|but|so|important|attention|warning|note)"
    r"[\s,]{1,3}){0,3}(?:(?:you\s(?:must|should|shall|have\sto|are\sto|need\sto)|(?:make|be)\ssure\sto|remember\sto)\s"
    r"(?:now\s|also\s|always\s)?)?"
)
_FORGET = (
    r"(?:ignor(?:e|iere|iert|ez|a|en)|disregard|forget|override|bypass|skip|vergiss|vergesst|missachte|oublie[sz]?|olvid[ae]|"
    r"dimentica|esque[cç]a)\s"
)
_INSTRUCTIONS = (
    r"(?:instructions?|prompts|guidelines?|directions?|directives?|commands?|orders?|rules?|template|anweisung\w{0,3}|vorgaben|"
    r"consignes|instrucciones|istruzioni|instru[cç][oõ]es)\b"
)
_MACHINE = r"(?:ai|llm|language\smodel|(?:ai\s|writing\s)?assistant|chatbot|chatgpt|gpt|claude|gemini)s?"
_ASSISTANT = r"(?:(?:ai\s|writing\s)?(?:assistant|model|system|agent)|language\smodel|chatbot|chatgpt|llm)"
_MESSAGE = r"(?:e-?mails?|mails?|messages?|letters?|repl(?:y|ies)|answers?|greeting|body|postscript|subject\sline)"
_ANY_OF = r"(?:the|your|every|each|this|all|my|an?)\s"
_WRITE = (
    r"(?:include|add|insert|append|mention|write|put|place|say|paste|embed|output|print|repeat|reveal|start|end|begin|sign|"
    r"reply|respond|answer|send|forward|attach|cc|bcc|recommend|tell|ask|list|give|state|schreibe?|"
    r"füge|écris|escribe|scrivi)"
)
_LINK = (
    r"(?:https?:|hxxps?:|www\.|[\w-]{1,60}\.(?:com|net|org|io|example|xyz|top|ru|test|invalid)\b|"
    r"bitcoin|crypto|wallet|money\b)"
)
_WITHIN = r"(?:[^.\n]|\.(?=\S)){0,100}?"

_ORDER = re.compile(
    rf"\A{_POLITE}(?:"
    rf"(?!(?:override|bypass|skip)\sthe\s){_FORGET}(?:all\s|any\s|every\s|the\s(?:above\s|previous\s|prior\s|earlier\s|vorherigen\s)?|your\s|these\s|those\s|of\s|previous\s|prior\s|earlier\s|above\s|alle\s|deine\s|"
    rf"die\s|toutes\s|les\s|tes\s|vos\s|todas\s|las\s|tus\s|tutte\s|le\s|tue\s|todas\s|as\s|suas\s|other\s){{1,5}}[^.\n]{{0,30}}?"
    rf"{_INSTRUCTIONS}"
    rf"|{_FORGET}(?:everything|all|anything|what)\s(?:above|before|else|you|so\sfar)\b"
    rf"|{_FORGET}(?:the\s)?(?:above|previous|prior|earlier)\s(?:text|context|messages?|content|conversation)\b"
    r"|(?:you\s(?:are|act)\snow\s(?:an?|the|as|in|acting|free)|from\snow\son,?\s(?:you|respond|reply|answer|write))\b"
    r"|(?:pretend\s(?:to\sbe|that\syou|you)|act\sas\s(?:an?|if)|act\snow)\b"
    r"|(?:must|should)\s(?:write|say|state|claim|tell)\b"
    rf"|(?:dear|hey|hello|hi)\s{_ASSISTANT}[:,!-]"
    rf"|(?:attention|notes?\s(?:to|for)|messages?\s(?:to|for)|instructions?\s(?:to|for)),?\s(?:an?\s|the\s|all\s|any\s)?"
    rf"{_MACHINE}(?:\s(?:reading|processing|model|system)[^.\n:,]{{0,30}})?\s?(?:[:,.!-]|$)"
    r"|(?:(?:new|updated|secret|hidden|urgent)\s(?:system\s)?(?:instruction|prompt|directive)s?|important\sinstructions?)\s?$"
    rf"|{_WRITE}\s{_WITHIN}\b(?:in|into|to|of|with|at\sthe\send\sof)\s{_ANY_OF}(?:\w{{1,20}}\s)?{_MESSAGE}\b"
    rf"|(?:include|add|insert|append|put|paste|embed|reveal|send|sign|end|begin|start|close|repeat|write|print|output)\s{_ANY_OF}"
    rf"{_WITHIN}\b(?:{_MESSAGE}|links?|urls?|phrase|sentence|words?|keys?|passwords?|prompt|verbatim|signature|p\.?s\.?)(?:\b|$)"
    rf"|{_WRITE}\s{_WITHIN}(?:{_LINK}|\bverbatim\b|\bword\sfor\sword\b)"
    rf"|(?:list|reveal|show|print|send|give|output|include|dump|share)\s(?:me\s|us\s)?{_WITHIN}\b(?:of|from)?\s?"
    rf"(?:other|another|all)\s(?:user|customer|tenant|client|account)s?\b"
    rf"|(?:click|visit|go\sto|buy|order|subscribe|download|transfer|pay|donate|send|register)\s"
    rf"(?:here|the|our|this|your|my|to|at|now|today|money|funds|it|with|via|https?:|www\.|[\w-]{{1,60}}\.\w)(?<=\w|:|\.){_WITHIN}{_LINK}"
    r")",
    re.IGNORECASE,
)
"""At the beginning of a clause."""
_ORDER_ANYWHERE = re.compile(
    rf"(?<![\"'“‘«]){_FORGET}(?:all\s)?(?:of\s)?your\s(?:\w{{1,12}}\s)?{_INSTRUCTIONS}"
    rf"|\byou\smust\s(?:now\s)?(?:write|say|state|claim|tell|include|add|mention)\s(?:that\b|{_LINK})"
    rf"|\btell\s(?:everybody|everyone|people|them|him|her)\sto\s{_WITHIN}{_LINK}"
    r"|^\s{0,20}(?:system|assistant|developer)\s?:"
    r"|^#{2,6}\s?(?:system|instruction|response)s?\b",
    re.IGNORECASE | re.MULTILINE,
)
_TURN = re.compile(
    r"\bSYSTEM\s?:|<\|(?!endoftext)[^|<>]{1,40}\|>|\[/?INST\]|<</?SYS>>"
    r"|</?(?:system|assistant|instructions?|data|prompt|tool|invoke)\b[^<>]{0,200}>",
)
_AT_A_MODEL = re.compile(
    rf"\A{_POLITE}(?:{_FORGET}[^.\n]{{0,60}}?{_INSTRUCTIONS}|{_FORGET}(?:everything|all|anything)\s(?:above|before|else|you|so\sfar)\b)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"https?:|hxxps?:|www\.|[\w.+-]{1,64}@[\w-]{1,64}\.|[{}<>\[\]\\`|]", re.IGNORECASE)
_ADDRESS = re.compile(r"\(?\b(?:https?://|hxxps?://|www\.)\S{1,2000}", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript)\b.*?(?:</\1\s{0,20}>|\Z)", re.DOTALL | re.IGNORECASE
)
_OUTER = " \t,;:-–—|"
_SPACE = re.compile(r"\s+")


def reads_like_an_instruction(text: str) -> bool:
    """Whether a text that should state something tries to direct whoever reads it."""
    shown = visible(text)
    if _TURN.search(shown) or _ORDER_ANYWHERE.search(shown):
        return True
    return any(_ORDER.match(clause) for clause in _clauses(shown))


def visible(text: str) -> str:
    """The text without invisible characters, comments and scripts."""
    return _HIDDEN.sub("", with_plain_line_ends(without_invisible(text)))


def _clauses(text: str) -> Iterator[str]:
    begin = 0
    for end in _BREAK.finditer(text):
        yield text[begin : end.start()]
        begin = end.end()
    yield text[begin:]


def before_instructions(text: str) -> str:
    """The part of a name before the first line end, instruction, link or bracket."""
    shown = visible(text).strip()
    first = shown.partition("\n")[0]
    kept = _NO_NAME.split(first, 1)[0]
    if reads_like_an_instruction(kept):
        kept = "".join(takewhile(lambda part: not reads_like_an_instruction(part), _parts(kept)))
    return kept.strip(_OUTER + "/\"'(" + ("." if kept != shown else ""))


def _parts(text: str) -> list[str]:
    """The clauses with what ends them: together they are the text."""
    ends = [*(found.end() for found in _BREAK.finditer(text)), len(text)]
    return [text[begin:end] for begin, end in pairwise([0, *ends])]


@dataclass(frozen=True)
class Interest:
    """What a user writes to somebody about, in one line, and whether a part of what they wrote was left out."""

    text: str
    is_cut: bool


def interest_in(text: str) -> Interest:
    """An interest without links and without clauses that order a reader about; all else stays."""
    shown = visible(text).strip()
    without_links = _ADDRESS.sub("", shown)
    kept = [clause for clause in _parts(without_links) if not reads_like_an_instruction(clause)]
    whole = "".join(kept)
    lines = (line.strip(_OUTER) for line in whole.strip(_OUTER + "\n").splitlines())
    return Interest(_SPACE.sub(" ", "; ".join(filter(None, lines))), is_cut=whole != shown)


def without_lines_at_a_model(text: str) -> str:
    """A template without comments and without lines that tell a model to forget its instructions or play a part.

    Unlike a page, a template may well ask its reader to write, to send or to visit something.
    """
    return "\n".join(line for line in visible(text).splitlines() if not _speaks_to_a_model(line))


def _speaks_to_a_model(line: str) -> bool:
    turns = _TURN.search(line) or re.match(r"\s{0,20}(?:system|assistant|developer)\s?:", line, re.IGNORECASE)
    return turns is not None or any(_AT_A_MODEL.match(clause) for clause in _clauses(line))
