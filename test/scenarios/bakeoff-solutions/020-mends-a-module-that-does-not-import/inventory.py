"""What lies in a store, by name and amount."""

from dataclasses import dataclass
from units import to_grams


@dataclass(frozen=True)
class Item:
    name: str
    grams: float

    def is_heavy(self):
        return self.grams >= 1000


class Inventory:
    """Amounts by name. Names are compared without regard to case."""

    def __init__(self):
        self._grams = {}

    def add(self, name, amount, unit="g"):
        """Adds to what is there, and returns the new amount in grams."""
        key = name.casefold()
        self._grams[key] = self._grams.get(key, 0) + to_grams(amount, unit)
        return self._grams[key]

    def take(self, name, amount, unit="g"):
        """Takes away. Raises KeyError where nothing is there, ValueError where too little is."""
        key = name.casefold()
        left = self._grams[key] - to_grams(amount, unit)
        if left < 0:
            raise ValueError(f"not enough {name}")
        elif left == 0:
            del self._grams[key]
        else:
            self._grams[key] = left

    def items(self):
        """All items, the heaviest first, then by name."""
        found = [Item(name, grams) for name, grams in self._grams.items()]
        return sorted(found, key=lambda item: (-item.grams, item.name))
