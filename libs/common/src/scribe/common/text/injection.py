"""Text that speaks to a model instead of about its subject.

Fences tell a model what is data; this is for the model that does not listen. What reads like an instruction is left out
before it reaches a prompt. It is a net with holes: the checks on what is written are what holds.
"""

import re

from scribe.common.text.fencing import without_invisible

_ADVERB = r"\b(?<!we )(?<!they )(?<!he )(?<!can )(?<!may )(?<!will )(?<!to )(?:also|then|now|always)\s+"
"""Before an order, but not in `we also use data` or `she now gives`."""
_START = r"(?:^|[.!?:;,\n\"'“(>\]]\s{0,4}|\b(?:please|must|should|you|kindly)\s+|" + _ADVERB + ")"
_BEGIN = r"(?:^|[.!?\n\"'“>\]]\s{0,4}|\b(?:please|you|kindly)\s+)"
"""Where a sentence begins: `plan, use tools, and write code` is none."""
_ORDERS = (
    r"(?:include|add|insert|append|mention|write|put|place|say|paste|embed|output|print|repeat|reveal|start|end|"
    r"begin|sign|close|open|reply|respond|answer|send|forward|attach|cc|bcc|copy|quote|recommend|use|tell|ask|list|give)"
    r"\b(?!\s+of\b)(?:[^.\n]|\.(?=\S)){0,100}\b"
)
_MACHINE = r"(?:ai|llm|language\s+model|ai\s+assistant|chatbot|writing\s+assistant|gpt|claude)s?\b\s*[:,.!-]"
_TO_FORGET = (
    r"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,60}\b(?:instruction|prompt|guideline|direction|command|template)s?\b",
    r"\b(?:ignore|disregard|forget)\b[^.\n]{0,30}\b(?:above|previous|prior|earlier)\s+(?:text|context|message|content|conversation)",
    r"\b(?:ignore|disregard|forget)\s+(?:everything|all|anything)\s+(?:above|before|else|you|so\s+far)\b",
)
_TO_BE_ANOTHER = (
    r"\byou\s+(?:are|act)\s+now\b|\byou\s+(?:must|will|should|shall)\s+(?:now\s+)?(?:act|behave|respond|reply|answer|write|include|add|say)\b",
    r"\bfrom\s+now\s+on\b[^.\n]{0,40}\b(?:you|respond|reply|answer|write)\b|\bpretend\s+(?:to\s+be|that\s+you|you)\b",
    r"\b(?:dear|hey|hello|attention|note\s+to|message\s+to|for)\s*,?\s+(?:(?:an?|the|all|any)\s+)?" + _MACHINE,
)
_AS_ANOTHER = (
    r"(?:^|[\n\"'>.\]]\s{0,4})(?:system|assistant|user|human|developer)\s*:",
    r"\b(?:new|updated|real|actual|secret|urgent|important|special)\s+(?:system\s+)?(?:instruction|prompt|directive|order)s?\s*[:!]",
    r"<\|[^|>]{1,40}\|>|\[/?inst\]|<</?sys>>|</?(?:system|assistant|instructions?|data|prompt|tool)\b[^>]*>",
    r"###\s*(?:system|instruction|response)",
)
_OF_PROMPTS = (
    r"\b(?:system|developer)\s+(?:prompt|message|instruction|override|note|notice)s?\b|\bhidden\s+(?:prompt|instruction)s?\b",
)
"""In a page a sign of an instruction; in a template perhaps the recipient's field of work."""
_TO_WRITE = (
    _START + _ORDERS + r"(?:e-?mails?|mails?|message|reply|letter|greeting|signature|postscript|p\.?s|subject\s+line|"
    r"links?|urls?|verbatim|word\s+for\s+word|exactly|text\s+below|recipient|template|password)\b",
    _BEGIN + _ORDERS + r"(?:sentence|phrase|paragraph|following|output|users?|data|word|token|code|address|draft|body|"
    r"keys?|reader)\b",
    r"\b(?:other|another)\s+(?:user|customer|tenant|client|account)s?['’]?s?\b[^.\n]{0,40}\b(?:data|e-?mails?|messages?|names?|drafts?)\b",
    r"\b(?:e-?mails?|data|names?|drafts?|messages?)\b[^.\n]{0,20}\bof\s+(?:other|another|all)\s+(?:user|customer|account)s?\b",
    _START + r"(?:click|visit|go\s+to|buy|order|subscribe|download|transfer|pay|donate|send|register)\b[^.\n]{0,60}"
    r"(?:https?:|www\.|\b[\w-]+\.(?:com|net|org|io|example|xyz|top|ru|test|invalid)\b|bitcoin|crypto|wallet|\bmoney\b)",
)


def _any(*patterns: str) -> "re.Pattern[str]":
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_ORDER = _any(*_TO_FORGET, *_TO_BE_ANOTHER, *_AS_ANOTHER, *_OF_PROMPTS, *_TO_WRITE)
_AT_A_MODEL = _any(*_TO_FORGET, *_AS_ANOTHER)
_NO_NAME = re.compile(r"https?:|hxxps?:|www\.|[\w.+-]+@[\w-]+\.|[{}<>\[\]\\`|]", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE
)


def reads_like_an_instruction(text: str) -> bool:
    """Whether a text that should state something tries to direct whoever reads it."""
    return _ORDER.search(visible(text)) is not None


def visible(text: str) -> str:
    """The text without invisible characters, comments and scripts."""
    return _HIDDEN.sub("", without_invisible(text))


def before_instructions(text: str) -> str:
    """The part of a short text (a name, an interest) before the first instruction, link or bracket."""
    shown = visible(text).strip()
    first = shown.splitlines()[0] if shown else ""
    ends = (found.start() for pattern in (_ORDER, _NO_NAME) if (found := pattern.search(first)))
    return first[: min(ends, default=len(first))].strip(" \t,;:.-–—|/\"'(<[{")


def without_lines_at_a_model(text: str) -> str:
    """A template without comments and without lines that tell a model to forget its instructions or play a part.

    Unlike a page, a template may well ask its reader to write, to send or to visit something.
    """
    return "\n".join(line for line in visible(text).splitlines() if not _AT_A_MODEL.search(line))
