"""From messages to the arrays of the projector's UPDATE."""

import re

from scribe.common.process.database import load_queries
from scribe.gateway.pipeline.states import Projected


def test_the_query_names_its_arrays_as_the_code_does_and_in_the_same_order() -> None:
    query = load_queries("scribe.gateway.pipeline")["project"]
    types, names = re.findall(r"FROM unnest\((.*?)\) AS e \((.*?)\)", query, re.DOTALL)[0]
    assert tuple(name.strip() for name in names.split(",")) == Projected._fields
    assert types.count("$") == len(Projected._fields)
