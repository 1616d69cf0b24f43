"""Words that the checks know. Lists only; what they are good for stands where they are used."""


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


GENERIC = _set(
    """
    able about above across after afternoon again against almost along already also although always among
    another anyone anything approach area areas around aspect attention available aware away back because become
    been before began begin being below best better between beyond both brief briefly call caught chance chat
    close come comes coming consider contact conversation could course curious current currently dear deeply
    detail details different direction discuss does doing done down during each early either email emails
    encourage ended enjoy enjoyed enough especially even ever every everything example explore express extend
    field find finding first focus follow following forward found from further future general getting give given
    glad going good grateful great greatly hear hello help helped here high hope hoping idea ideas important
    inspire inspired inspiring interest interested interesting interests into introduce invite itself join just
    keen keep kind know known later lead learn learned learning least less like line link long look looking love
    made make makes making many matter mean means meet meeting mention message might mind mine minute minutes
    moment more morning most much must myself near need never next nice note nothing once only open opportunity
    other ours over own page paper papers part particular particularly people perhaps person piece please
    pleased pleasure point possible project provide publication published question questions quite rather reach
    reaching read reading really reason recent recently regard regarding regards relate related reply research
    researcher respect respond result results right said same saying schedule second seem seems seen send sense
    share short should show shows similar simply since sincerely small some someone something soon speak
    specific start started still student studied studies study subject such sure take taken talk team tell than
    thank thanks that their them then there these they thing things think this thorough those thought thoughtful
    thoughts through time times today together told took topic topics toward towards try understand
    understanding until update used useful using value very view want wanted ways week weeks well went were what
    when where whether which while whole will wish wishes with within without wonder wondered wonderful word
    words work worked working world would write writing written wrote yesterday your yours yourself
    """
)
"""Words that say nothing about anybody: function words and what cold e-mails are made of."""

TELLS = (
    "i hope this email finds you well",
    "i hope this message finds you well",
    "i trust this email finds you",
    "i am writing to express my",
    "delve",
    "tapestry",
    "testament to",
    "groundbreaking",
    "ground-breaking",
    "cutting-edge",
    "resonates",
    "resonated deeply",
    "pivotal",
    "in the realm of",
    "ever-evolving",
    "fast-paced",
    "truly inspiring",
    "truly fascinating",
    "particularly fascinating",
    "deeply fascinated",
    "struck a chord",
    "invaluable insights",
    "a beacon",
    "game-changer",
    "transformative",
    "seamlessly",
    "multifaceted",
    "underscores the",
    "left an indelible",
    "furthermore,",
    "moreover,",
    "rich landscape",
    "navigate the complexities",
)
"""Phrases by which readers know a machine's writing."""

META = (
    "as an ai",
    "as a language model",
    "as a large language model",
    "here is the email",
    "here is the e-mail",
    "here's the email",
    "here's the e-mail",
    "here is your email",
    "here is a draft",
    "here's a draft",
    "here is the completed",
    "here is the finished",
    "certainly! here",
    "sure! here",
    "i have filled in",
    "i've filled in",
    "i filled in the",
    "the provided facts",
    "the facts provided",
    "the data block",
    "the data provided",
    "system prompt",
    "my instructions",
    "let me know if you'd like me to adjust",
    "let me know if you would like any changes",
)
"""Phrases in which a model speaks of its task instead of doing it."""

REFUSALS = (
    "i can't help with",
    "i cannot help with",
    "i can't assist",
    "i cannot assist",
    "i'm unable to",
    "i am unable to",
    "i'm not able to",
    "i cannot write",
    "i can't write",
    "i cannot comply",
    "i can't comply",
    "i must decline",
    "i won't be able to",
    "i'm sorry, but i can",
    "i am sorry, but i can",
)
"""Phrases in which a model declines."""

STOP_WORDS = {
    "en": _set("the and of to you your with that for this have was are would from about which my"),
    "de": _set("der die das und ist ich sie ihre ihr nicht mit von für ein eine zu auf dass würde über"),
    "fr": _set("le la les des et vous votre vos je une dans pour que est sur avec mon ce qui par"),
    "es": _set("el los las del que usted su sus una por para con es como mi sobre muy este he"),
    "it": _set("il gli della che di sono per con una mio suo sua le nel del come questo molto ho"),
    "pt": _set("os das dos que você seu sua uma por para com não são meu sobre muito em este ao"),
    "nl": _set("het een van ik u uw niet met voor dat zijn mijn over deze naar ook heb zou bij"),
}
"""The commonest words of languages, to tell them apart."""

TITLES = _set("dr prof professor doctor mr mrs ms mx sir madam dame herr frau docteur monsieur madame")
GENDERED_TITLES = _set("mr mrs ms sir madam dame herr frau monsieur madame")
