"""Words that occur in names and are not names, and names whose place in the name varies."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = _listed(
    "prof professor professeur professore profesor dr doctor doktor mr mrs ms mx miss sir dame lord lady reverend hon "
    "emeritus emerita assoc asst assistant associate adjunct herr frau dipl"
)
TITLES_AFTER_A_TITLE = _listed("ing rer nat jur med phil habil em rev h c mult")
"""Only in a row of titles: Nat is a title in `Dr. rer. nat.` and a given name elsewhere."""
SUFFIXES = _listed("jr sr ii iii iv phd dphil msc bsc frs esq")
DEGREES = SUFFIXES | _listed("ma ba md mba ieee fellow frse facm dsc scd")
"""After a comma only: Yo-Yo Ma has no degree in his name."""
DROPPED_PARTICLES = _listed("von van zu zur zum der den het ter ten te af av und")
"""Particles that a record may leave out: Ludwig (van) Beethoven."""
KEPT_PARTICLES = _listed(
    "de del della dello dei degli di da do dos das du des la le las los lo el al bin ibn ben bint abu st san santa "
    "mac mc"
)
"""Particles that make another name when they are missing: Del Maestro is not Maestro."""
PARTICLES = DROPPED_PARTICLES | KEPT_PARTICLES
FAMILY_FIRST = _listed(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie tang cao deng "
    "feng cheng zeng peng pan yuan dong yu jiang cai du ye wei su lu ding ren yao shen zhong cui tan fan jin shi kim "
    "lee park choi jung kang cho yoon jang lim han oh seo shin kwon hwang ahn song yoo hong nguyen tran le pham hoang "
    "phan vu dang bui do ho ngo duong ly kao chang hsu tsai hsieh chiu lai cheung chan wong leung lau ng sato suzuki "
    "takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi matsumoto inoue "
    "kimura hayashi shimizu saito mori abe ikeda hashimoto ishikawa ogawa okada hasegawa fujita goto kondo"
)
"""Family names of China, Korea, Vietnam and Japan, written before the given name as often as after it."""
