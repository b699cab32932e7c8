import pytest
from add import add


class TestAdd:
    def test_adds(self):
        """Adds."""
        assert add(1, 2) == 3
        assert add(
            2, 2
        ) == 4

    def test_refuses_text(self):
        with pytest.raises(TypeError):
            add("a", 1)


def test_zero():
    assert add(0, 0) == 0
