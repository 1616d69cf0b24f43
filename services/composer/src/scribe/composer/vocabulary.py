"""Lists of words for the checks."""


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


COMMON = _set(
    "about actually after again against also always another around away back because become been before being best "
    "better between both came can't change changes come comes could does doesn't doing don't done down each else end "
    "ended enough even ever every everybody everything far find found from gave give gets good great have having here "
    "into it's itself just keep kind know last later leave left less like little long look looked looking looks made "
    "make makes many mean means might more most mostly much must near need never next nobody nothing often once ones "
    "only other others over own part people place point quite rather really right said same says seem seen several "
    "should show shows since some something sometimes soon still such sure take taken taking tell than that them then "
    "there these they thing things think those though thought through time together told took tried turned under until "
    "upon used using very want wanted ways well went were what what's when where whether which while whole will with "
    "within without word work works would write years your yours you're we've that's"
)
"""English words of four letters and more that tell nothing by themselves."""

GRAVE = _set(
    "bitcoin crypto wallet iban paypal invoice fee fees donate donation donations discount voucher coupon plagiarist "
    "plagiarism plagiarized plagiarised misconduct harassment retracted fraudulent spende spenden rechnung gebühr "
    "rabatt plagiat"
)
"""Words that ask for money or accuse somebody: a single page does not suffice to write them."""

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

GENDERED_TITLES = _set("mr mrs ms sir madam dame herr frau monsieur madame")
