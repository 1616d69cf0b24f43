"""LaTeX of real titles and abstracts, made readable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.arxiv.latex import readable

CALM = settings(deadline=None)
"""A busy machine is no failure."""


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("Local Superfluidity at the Nanoscale", "Local Superfluidity at the Nanoscale"),
        ("Entanglement area law in superfluid $^4$He", "Entanglement area law in superfluid ⁴He"),
        (r"the R\'{e}nyi entanglement entropy", "the Rényi entanglement entropy"),
        (r"Schr\"odinger's $\lambda$ and $\beta$", "Schrödinger's λ and β"),
        ("Superconductivity in MgB$_2$ and La$_{2}$CuO$_{4}$", "Superconductivity in MgB₂ and La₂CuO₄"),
        ("Efficient simulations of Hartree--Fock equations", "Efficient simulations of Hartree-Fock equations"),
        (r"\textit{Ab initio} study of \textbf{ice}", "Ab initio study of ice"),
        ("An efficiency of 50% at $T=0$", "An efficiency of 50% at T=0"),
        (r"50\% of $10^{-3}$", "50% of 10⁻³"),
        ("two\n  lines", "two lines"),
        ("unbalanced $x and {y", "unbalanced x and y"),
    ],
)
def test_latex_becomes_what_a_reader_would_write(latex: str, text: str) -> None:
    assert readable(latex) == text


@CALM
@given(st.text(alphabet="ab \\${}^_%~&#\n'\"", max_size=80))
def test_no_text_breaks_it(latex: str) -> None:
    assert "\n" not in readable(latex)
