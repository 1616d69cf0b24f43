"""arXiv's categories by their names (https://arxiv.org/category_taxonomy), so that a field can be found on a page."""

from collections.abc import Iterable

_PHYSICS = frozenset(
    [
        "astro-ph",
        "cond-mat",
        "gr-qc",
        "hep-ex",
        "hep-lat",
        "hep-ph",
        "hep-th",
        "math-ph",
        "nlin",
        "nucl-ex",
        "nucl-th",
        "physics",
        "quant-ph",
    ]
)

_NAMES = """
astro-ph astrophysics|astronomy
astro-ph.CO cosmology
astro-ph.EP planetary science|exoplanets|planets
astro-ph.GA galaxies|galaxy
astro-ph.HE high energy astrophysics|black holes|neutron stars
astro-ph.IM telescopes
astro-ph.SR stellar astrophysics|solar physics|stars
cond-mat condensed matter
cond-mat.dis-nn disordered systems
cond-mat.mes-hall mesoscopic|nanoscience|nanotechnology
cond-mat.mtrl-sci materials science
cond-mat.quant-gas quantum gases|cold atoms|ultracold
cond-mat.soft soft matter|polymers|colloids
cond-mat.stat-mech statistical mechanics|statistical physics
cond-mat.str-el strongly correlated electrons|correlated electron
cond-mat.supr-con superconductivity|superconductors
cs.AI artificial intelligence
cs.AR computer architecture|hardware architecture
cs.CC computational complexity
cs.CE computational engineering
cs.CG computational geometry
cs.CL natural language processing|computational linguistics|language models|linguistics
cs.CR cryptography|computer security|cybersecurity|security and privacy
cs.CV computer vision|image recognition
cs.CY computers and society|technology and society
cs.DB databases|data management
cs.DC distributed computing|parallel computing|distributed systems
cs.DL digital libraries|bibliometrics
cs.DM discrete mathematics|combinatorics
cs.DS algorithms|data structures
cs.ET emerging technologies
cs.FL formal languages|automata
cs.GR computer graphics
cs.GT game theory|mechanism design
cs.HC human computer interaction|hci
cs.IR information retrieval|recommender systems
cs.IT information theory
cs.LG machine learning|deep learning
cs.LO logic in computer science|formal verification
cs.MA multiagent systems
cs.MM multimedia
cs.NE neural computing|evolutionary computation|neural networks
cs.NI networking|computer networks|internet architecture
cs.OS operating systems
cs.PF performance evaluation
cs.PL programming languages|compilers
cs.RO robotics|robots
cs.SD sound|audio processing|music information retrieval
cs.SE software engineering
cs.SI social networks|information networks|network science
cs.SY control systems|systems and control
econ.EM econometrics
econ.GN economics
econ.TH economic theory|theoretical economics
eess.AS speech processing|audio processing
eess.IV image processing
eess.SP signal processing
eess.SY control theory|control systems
gr-qc general relativity|gravitational waves|quantum gravity|gravity
hep-ex particle physics|high energy physics
hep-lat lattice gauge|lattice qcd
hep-ph particle physics|phenomenology|high energy physics
hep-th string theory|quantum field theory|high energy theory
math.AC commutative algebra
math.AG algebraic geometry
math.AP partial differential equations|analysis of pdes
math.AT algebraic topology
math.CA classical analysis|harmonic analysis
math.CO combinatorics|graph theory
math.CT category theory
math.CV complex analysis|complex variables
math.DG differential geometry
math.DS dynamical systems
math.FA functional analysis
math.GR group theory
math.GT geometric topology|low dimensional topology
math.HO history of mathematics
math.KT k theory|homology
math.LO mathematical logic|set theory|model theory
math.MG metric geometry
math.NA numerical analysis
math.NT number theory
math.OA operator algebras
math.OC optimization|optimal control
math.PR probability|stochastic processes
math.QA quantum algebra
math.RA rings and algebras
math.RT representation theory
math.SG symplectic geometry
math.SP spectral theory
math.ST statistics theory|mathematical statistics
math-ph mathematical physics
nlin.AO self organizing systems|adaptation
nlin.CD chaos|chaotic dynamics
nlin.PS pattern formation|solitons
nucl-ex nuclear physics
nucl-th nuclear theory|nuclear physics
physics.acc-ph accelerator physics
physics.ao-ph atmospheric|oceanic|climate
physics.app-ph applied physics
physics.atom-ph atomic physics
physics.bio-ph biological physics|biophysics
physics.chem-ph chemical physics|physical chemistry|quantum chemistry
physics.comp-ph computational physics
physics.data-an data analysis
physics.ed-ph physics education
physics.flu-dyn fluid dynamics|fluid mechanics|turbulence
physics.geo-ph geophysics
physics.hist-ph history of physics|philosophy of physics|philosophy of science
physics.ins-det detectors|instrumentation
physics.med-ph medical physics
physics.optics optics|photonics
physics.plasm-ph plasma physics
physics.soc-ph physics and society|complex networks
physics.space-ph space physics
q-bio.BM biomolecules|structural biology|protein
q-bio.CB cell behavior|cell biology
q-bio.GN genomics|genetics
q-bio.MN molecular networks|systems biology
q-bio.NC neuroscience|cognition|neurons
q-bio.PE populations and evolution|evolutionary biology|ecology|epidemiology
q-bio.QM quantitative biology|bioinformatics|quantitative methods
q-bio.SC subcellular processes
q-bio.TO tissues and organs
q-fin.EC economics
q-fin.GN finance
q-fin.MF mathematical finance
q-fin.PM portfolio
q-fin.RM risk management
q-fin.ST financial markets
quant-ph quantum physics|quantum information|quantum computing|quantum mechanics
stat.AP applied statistics
stat.CO computational statistics
stat.ME statistical methodology|statistics
stat.ML machine learning
"""


def _parsed(text: str) -> dict[str, tuple[str, ...]]:
    """The phrases by category, from lines such as `cs.LG machine learning|deep learning`."""
    names: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        category, _, rest = line.partition(" ")
        names[category] = tuple(rest.split("|"))
    return names


PHRASES = _parsed(_NAMES)
"""The phrases by which people call a category, in lower case."""


def field_of(category: str) -> str:
    """The discipline of a category: physics is one, whatever its archives; so are mathematics and computer science."""
    archive = category.partition(".")[0]
    return "physics" if archive in _PHYSICS else {"stat": "math", "eess": "cs", "econ": "q-fin"}.get(archive, archive)


def is_named(categories: Iterable[str], text: str) -> bool:
    """Whether a text of plain words names one of the categories."""
    padded = f" {text} "
    return any(f" {phrase} " in padded for category in categories for phrase in PHRASES.get(category, ()))
