"""Words in names that are not names themselves, and names whose position in a name varies. All are folded."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = _listed(
    "prof profs professor professeur professeure professore professoressa profesor profesora professora profa profssa "
    "dr dra dott dottore dottoressa docent doctor doktor mr mrs ms mx miss mme mlle monsieur madame madam docteur sir "
    "dame lord lady reverend rev revd hon honorable emeritus emerita assoc asst assistant associate adjunct "
    "distinguished visiting lecturer herr herrn frau dipl privatdozent hochschulprof juniorprof junprof"
)
"""Of men and women, in English and other languages."""
TITLES_WITH_A_DOT = _listed("mag lic ir ing drs doc apl pd univ emer research")
"""Only before a dot, a hyphen or another title: P. D. James is a name, PD Dr. James has a title."""
TITLES_AFTER_A_TITLE = _listed("ing rer nat jur med phil habil hab inz oec pol theol agr dent vet em h c hc mult")
"""Only in a row of titles, in small letters or before a dot: Phil is a title in `Dr. phil.`, a name in `Dr. Phil`."""
TITLES_OF_OFFICE = _listed("judge justice senator president rabbi imam provost chancellor rector")
"""Before a given and a family name only: Judge Reinhold is a name."""
SUFFIXES = _listed(
    "jr sr ii iii iv phd dphil mphil msc bsc bsn msn frs frse frsc fba freng esq edd psyd pharmd scd dsc drph dnp "
    "mphil mbbs mbchb csc facs faan"
)
DEGREES = SUFFIXES | _listed(
    "ma ba md mba ms mpa mpp mph mfa med mha mse msw llm llb jd jsd bs be pe ieee fellow frcp frcs faap fase facm obe "
    "cbe mbe dbe kbe om ch kc qc rn dds dmd dvm do dc dr prof sj op osb ofm hons oxon cantab"
)
"""After a comma, or in capitals behind a whole name: Yo-Yo Ma has no degree in his name."""
AFFILIATIONS = _listed(
    "university universitat universite universidad universita college institute institut school department dept "
    "faculty laboratory laboratories lab labs center centre hospital academy group team research inc ltd llc of at "
    "for in the and physics chemistry biology mathematics mit eth epfl stanford harvard oxford cambridge princeton "
    "yale cornell berkeley caltech columbia"
)
"""Words that, after a comma, mark an affiliation or a field and not a given name."""
DROPPED_PARTICLES = _listed("von van zu zur zum der den het ter ten te af av und")
"""Particles that a record may leave out: Ludwig (van) Beethoven."""
KEPT_PARTICLES = _listed(
    "de del della dello dei degli di da do dos das du des la le las los lo el al bin ibn ben bint abu st san santa "
    "mac mc"
)
"""Particles that make another name when they are missing: Del Maestro is not Maestro."""
PARTICLES = DROPPED_PARTICLES | KEPT_PARTICLES
VIETNAMESE = _listed("nguyen tran pham hoang huynh phan vu vo dang bui ngo duong dinh trinh truong")
FAMILY_FIRST = VIETNAMESE | _listed(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie tang cao deng "
    "feng cheng zeng peng pan yuan dong yu jiang cai du ye wei su lu ding ren yao shen zhong cui tan fan jin shi kim "
    "lee park choi jung kang cho yoon jang lim han oh seo shin kwon hwang ahn song yoo hong le do ho ly kao chang hsu "
    "tsai hsieh chiu lai cheung chan wong leung lau ng qian qin jia xiao fu tian shao wan bai sato suzuki takahashi "
    "tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi matsumoto inoue kimura "
    "hayashi shimizu saito mori abe ikeda hashimoto ishikawa ogawa okada hasegawa fujita goto kondo"
)
"""Family names of China, Korea, Vietnam and Japan, written before the given name as often as after it."""
DOUBLE_SURNAMES = _listed(
    "garcia gonzalez rodriguez fernandez lopez martinez sanchez perez gomez martin jimenez ruiz hernandez diaz moreno "
    "munoz alvarez romero alonso gutierrez navarro torres dominguez vazquez ramos gil ramirez serrano blanco molina "
    "morales suarez ortega delgado castro ortiz rubio marin sanz nunez iglesias medina garrido cortes castillo santos "
    "lozano guerrero cano prieto mendez cruz calvo gallego herrera marquez leon vidal pena flores cabrera campos vega "
    "fuentes carrasco diez reyes caballero nieto aguilar pascual santana herrero montero lorenzo hidalgo gimenez "
    "ibanez ferrer duran santiago benitez vargas mora vicente arias carmona crespo roman soto saez velasco moya soler "
    "parra rojas rivera mendoza chavez espinoza valdez acosta contreras salazar guzman vasquez zapata"
)
"""Spanish family names, of which people have two and often write only the first."""
