"""Words that the checks know. Lists only; what they are good for stands where they are used."""


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


GENERIC = _set(
    """
    able about above academia academic across admirable admiration admire admired advice advise after afternoon
    again against ahead aims almost alone along already also although always amid among angle another answer
    answered answering answers anybody anyone anything application applications applied applies apply applying
    appreciate appreciated appreciates appreciation approach approaches area areas around article articles asked
    asking asks aspect aspects attempt attempted attempts attention attract attracted available aware awareness
    away back background basis beautiful beauty became because become becomes been before began begin beginner
    begins begun behind being believe believed below besides best better between beyond book books both bridge
    brief briefly bring bringing brings broad broader broadly brought build building builds busy call came cannot
    captivated capture captured care cared career careers careful carefully cares caring carried carry catch
    caught cause certain challenge challenges chance chances change changed changes changing chapter chat choice
    choices choose chooses choosing chose chosen clarity clear clearly close closely colleague colleagues
    combination combine combines combining come comes comfort comforting coming commitment committed community
    compelling connect connected connection connections connects consider considered considering contact
    contribute contributed contributes contributing contribution contributions conversation conversations could
    courage courageous course curiosity curious current currently dear decade decades decide decided decides
    deciding decision decisions dedication deep deeper deeply delight delighted describe described describes
    describing deserve deserved deserves despite detail details develop developed developing develops devotion
    didn difference different direct direction directions directly discover discovering discuss discussing
    discussion does doing done door doors down draw drawn draws drive driven drives during each eager earlier
    early easier easy effect effects effort efforts either elegance elegant else email emails encourage encouraged
    encouragement encourages encouraging ended ends energizing enjoy enjoyed enough enthusiasm enthusiastic entire
    entirely especially even ever every everybody everyday everyone everything exact exactly example examples
    excited excites exciting exist existing exists experience experiences explain explained explaining explains
    explanation explore explored exploring express extend fairly familiar fascinated fascinating feedback feel
    feeling feels felt field fields final finally find finding findings finds first fits fitting focus focused
    focuses focusing follow followed following follows forward found foundation foundations from further future
    gave general generally generosity generous gets getting give given gives giving glad goal goals goes going
    gone good graduate grateful gratitude great greater greatest greatly grew groundwork group groups grow growing
    growth guess guidance guide hands happen happened happens happy hard harder have having hear hello help helped
    helpful helping helps here herself high himself honest honesty hope hoped hopeful hopes hoping hour hours
    however humble humbling humility idea ideas imagination imagine imagined impact importance important
    impossible impress impressed impressive improve improved include included includes including indeed influence
    influenced initial initially input insight insights inspiration inspire inspired inspires inspiring instead
    interest interested interesting interests into introduce invite involve involved issue issues itself join
    joining journey just keen keep keeping keeps kept kind kinds knew know knowing known knows labs large larger
    largest last late lately later lead learn learned learning learns least less lesson lessons lets letter like
    liked likely likes limit limited limits line linger lingered lingers link linked long longer look looked
    looking looks lots love loved made main mainly major make makes making many match matches matter mattered
    matters mean meaning meaningful means measure measured measures meet meeting mention mentioned mentions
    message might mind mine minute minutes moment month months more morning most mostly motivate motivated
    motivates motivating motivation moved moves moving much must myself near nearly need needed needing needs
    never newcomer newcomers next nice nobody note nothing notice noticed notices notion occur offer offered
    offering offers often once only onto open openly openness opportunities opportunity other others ours outcome
    outcomes over page pages paper papers part participate particular particularly parts passion passionate path
    paths patience patient patiently people perhaps perseverance persistence persistent person personal personally
    perspective perspectives piece place places please pleased pleasure plenty point points possibilities
    possibility possible practical prefer problem problems profound progress project projects proud provide
    publication publications published puts question questions quick quickly quite rare rarely rather reach
    reaching read reading reads ready real realise realised realize realized really reason reasons reassure
    reassured reassuring recent recently recommend recommendation recommendations refer regard regarding regards
    relate related relation relevance relevant remain remained remains remarkable remarkably reminder replies
    reply require required requires research researcher researchers resonate resonated respect respond response
    rest result results return returned returning right rigor rigorous road role route safe safer said same saying
    says schedule second seeing seem seemed seeming seems seen sees semester send sense several shall shape shaped
    shapes shaping share shared shares sharing short should show showed showing shown shows side similar simple
    simply since sincerely single skill skills slow slowly small smaller smallest some someone something sometimes
    soon sort speak special specific specifically stage stand stands start started starting starts stay stayed
    staying stays step steps stick sticks still stood stop stories story strike strikes striking strikingly struck
    stuck student students studied studies study studying subject subjects success successes such suggestion
    suggestions support suppose sure surprise surprised surprises surprising surprisingly take taken takes taking
    talk talks team teams tell telling tells term than thank thankful thanks that their theirs them theme themes
    then there therefore these they thing things think thinking thinks third this thorough those though thought
    thoughtful thoughtfulness thoughts thrilled thrilling through throughout thus time timely times tips today
    together told tomorrow tonight took topic topics touched toward towards tried tries true truly trying turned
    turning turns type unable undergraduate understand understanding understood unique unlikely until update upon
    usage used useful uses using usually valuable value valued values various very view want wanted wants ways
    week weeks welcome welcomed well went were what whatever when whenever where wherever whether which while
    whole whom whose wide wider will willing wish wishes with within without wonder wondered wonderful wondering
    wonders word words work worked working works world worlds worth worthwhile worthy would write writes writing
    written wrote year years yesterday your yours yourself
    """
)
"""Words that say nothing about anybody: function words and what cold e-mails are made of."""

GRAVE = {
    word: form
    for form, listed in {
        "prize": "award awards awarded prize prizes medal medals laureate laureates",
        "spouse": "husband wife spouse married divorced divorce widow widowed",
        "child": "child children",
        "offspring": "son sons daughter daughters pregnant",
        "scandal": "scandal fraud fraudulent plagiarism plagiarist plagiarized retracted retraction convicted arrested "
        "sued lawsuit accused criminal thief liar racist cheat cheated fired dismissed",
        "retired": "retired retirement resigned resignation",
        "money": "money cash bitcoin crypto wallet dollars payment invoice donate donation",
    }.items()
    for word in listed.split()
}
"""Words of everyday language that no sentence may hold without a source, and the form in which they are compared."""

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

TITLES = _set(
    "dr dra prof profa professor professora profesora doctor mr mrs ms mx sir madam dame herr frau docteur monsieur "
    "madame"
)
GENDERED_TITLES = _set("mr mrs ms sir madam dame herr frau monsieur madame")
