"""The reference server twice, without and with a fault."""

from collections.abc import Callable

import pytest

from tests.faults.pairs import Pair, make_pair


@pytest.fixture
def pair() -> Callable[..., Pair]:
    """`pair("create-200")` gives two servers of one making, `right` and `wrong`, each with its client."""
    return make_pair
