"""Texts that need care (contact data, money, accusations, private life), recognised by short lists of words.

The reader marks both; these find what it does not mark.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from scribe.common.text.contacts import MESSENGERS, is_host, phone_pattern
from scribe.common.text.folding import fold_accents
from scribe.common.text.injection import reads_like_an_instruction
from scribe.common.text.invisible import without_invisible
from scribe.common.text.terms import terms

Caution = Literal["hostile", "garbled", "contact", "money", "accusation", "appeal", "private"]

MAX_TOKEN = 40
"""Letters and digits in a row from which a word is encoded data."""
MIN_PHONE_DIGITS = 7
_ENCODED = re.compile(rf"[A-Za-z0-9+/=_-]{{{MAX_TOKEN},}}")
_TAG = re.compile(r"</?[a-z]|<\||\|>|\[/?inst\]")
_HOST = re.compile(r"[A-Za-z0-9-]{2,63}(?:\.[A-Za-z0-9-]{2,63}){1,4}")
_PHONE = re.compile(rf"\+?\(?{phone_pattern(MIN_PHONE_DIGITS)}")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_IDENTIFIER = re.compile(
    r"\b(?:isbn|issn|orcid|doi|(?:grant|agreement|award|project|patent)(?: (?:agreement|number))?|nos?|nr|num)\b"
    r"[.:\s#]{0,3}\d[\d -]{5,20}|\(n[.°o]{0,2} ?\d{6,12}\)|\b[a-z]{2} ?(?:\d{4}/)?\d{6,12} ?[a-z]\d?\b"
)
"""Numbers of books, grants and patents."""
_CALLS = re.compile(r"\b(?:tel|phone|telephone|telefon\w{0,2}|telefono|mobil\w{0,2}|cell|fax|call|ring|sms|text)\b")
_NO_HOST = frozenset(["In", "It", "Is", "At", "To", "So", "As", "No", "Be", "My", "Us", "Do", "By", "Am", "An"])
"""Words that begin a sentence after a full stop without a blank, and are top-level domains in small letters."""
_AMOUNT = re.compile(r"[$€£¥₹₽₿]\s?\d|\d\s?(?:[$€£¥₹₽₿]|(?:usd|eur|gbp|btc|eth|dollars?|euros?|pounds|bitcoins?)\b)")
_NO_CLAIM = re.compile(
    r"\b(?:grants?|funds?|funded|funding|awards?|awarded|prizes?|fellowships?|scholarships?|endowed|budget|project|erc"
    r"|horizon 2020|interreg|stipend\w{0,4}|preis\w{0,2}|gefordert|forderung|dotiert|projekt\w{0,2}|projets?"
    r"|bourses?|prix|dote|financ\w{2,8}|finanz\w{2,8}|proyectos?|projetos?|progett[oi]|becas?|premios?|bolsas?|subsidie"
    r"|isbn|pp?\.|pages|seiten|hardcover|paperback|edited by)(?!\w)"
)
"""An amount that was given for work, or the price of a book, asks nobody for money."""
_PAYMENT = re.compile(r"\b(?:fees?|invoices?|wallets?|payments?)\b")
_NO_PAYMENT = re.compile(r"\b(?:no|without|free of)(?: \w{1,20}){0,3} (?:fees?|payments?)\b")
_ASKS = re.compile(
    r"\b(?:asks?|charg(?:es?|ed|ing)|pay(?:s|able)?|paid|send|transfer|due|requires?|required|refund\w{0,4}|owed?|demands?)\b"
    rf"|{_AMOUNT.pattern}"
)
"""What is said of payments is money where somebody is to pay; without it, it may be what a book is about."""
_OTHER_STOPS = str.maketrans(dict.fromkeys("\u3002\uff61\u2024\u00b7\u0701", "."))
_LISTS: Mapping[Caution, "re.Pattern[str]"] = {
    "contact": re.compile(rf"@|\b(?:t|wa|m)\.me/|\b(?:{MESSENGERS})\b"),
    "money": re.compile(
        r"\b(?:donat(?:e|ions?) (?:now|here|to|via|through)|one-time donation|bitcoins?|bank accounts?|wire transfers?"
        r"|gift cards?|paypal|venmo)\b"
    ),
    "accusation": re.compile(
        r"\b(?:accus(?:ed|ation|ations)|alleg(?:ed|edly|ation|ations)|misconduct|plagiari\w{1,6}|fraud\w{0,6}|falsified"
        r"|harass\w{1,5}|embezzl\w{1,6}|indicted|convicted|arrested|retracted|scandals?|under investigation)\b"
    ),
    "appeal": re.compile(
        r"\b(?:subscribe|discounts?|coupons?|promo codes?|sign up|click here|(?:buy|order|act|apply|book|enroll?) now"
        r"|for sale|limited offer|special offer|best price|follow (?:him|her|them|me|us) on)\b"
    ),
    "private": re.compile(
        r"\b(?:(?:his|her|their|my) (?:late )?(?:wife|husband|spouse|partner|sons?|daughters?|child|children|kids"
        r"|mother|father|parents|brothers?|sisters?|family)|married (?:to|with)|divorced|widow(?:er|ed)?|grew up"
        r"|born (?:in|on|[a-z]{3,9} \d)|childhood|as a child|diagnosed with"
        r"|(?:mother|father) of (?:an?|two|three|four|five)"
        r"|(?:rais(?:ed|es|ing)|has|have) (?:two|three|four|five) (?:sons|daughters|children|kids)"
        r"|verheiratet|geschieden|verwitwet|geboren|aufgewachsen|seine frau|ihr(?:em|en)? mann|(?:seine|ihre) kinder"
        r"|sa femme|son epouse|son mari|ses enfants|mariee? (?:a|avec)|veu(?:ve|f)"
        r"|(?:mere|pere) de (?:deux|trois|quatre)|su (?:esposa|mujer|marido|esposo)|sus hij[oa]s"
        r"|casad[oa] (?:con|com)|viud[oa]|sua (?:esposa|mulher|moglie)|seu marido|seus filhos|viuv[oa]|suo marito"
        r"|suoi figli|sposat[oa] con|vedov[oa])\b"
    ),
}


def caution_of(text: str, interest: str) -> Caution | None:
    """Why a text is to be handled with care. What the interest speaks of is no reason."""
    if reads_like_an_instruction(text):
        return "hostile"
    plain = unicodedata.normalize("NFKC", without_invisible(text)).translate(_OTHER_STOPS)
    folded = fold_accents(plain)
    if _ENCODED.search(plain) or _TAG.search(folded) or mixes_scripts(plain):
        return "garbled"
    if any(map(_is_host, _HOST.findall(plain))) or _has_phone(folded):
        return "contact"
    wanted = terms(interest)
    for caution, pattern in _LISTS.items():
        if any(not terms(found.group()) & wanted for found in pattern.finditer(folded)):
            return caution
    payments = [word for word in _PAYMENT.findall(_NO_PAYMENT.sub("", folded)) if not terms(word) & wanted]
    if payments and _ASKS.search(folded):
        return "money"
    return "money" if _AMOUNT.search(folded) and not _NO_CLAIM.search(folded) else None


def _is_host(token: str) -> bool:
    """Whether a word with dots inside names a host, and does not only lack the blank between two sentences."""
    return token.rpartition(".")[2] not in _NO_HOST and is_host(token)


def _has_phone(folded: str) -> bool:
    """Seven digits and more, years apart, and numbers of books, grants and patents where nothing speaks of a call."""
    numbers = folded if _CALLS.search(folded) else _IDENTIFIER.sub("", folded)
    without_years = _YEAR.sub("", numbers)
    return any(sum(map(str.isdigit, found)) >= MIN_PHONE_DIGITS for found in _PHONE.findall(without_years))


def mixes_scripts(text: str) -> bool:
    """Whether a word has both Latin letters and letters of a script that imitates them."""
    return any(_LATIN.search(word) and _IMITATING.search(word) for word in text.split())


_LATIN = re.compile("[A-Za-z]")
_IMITATING = re.compile("[\u0400-\u052f\u0531-\u0587\u13a0-\u13ff]")
