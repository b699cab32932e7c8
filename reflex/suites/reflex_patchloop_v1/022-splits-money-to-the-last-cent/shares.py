"""Splits amounts of money. All amounts are whole cents."""


def split(cents, weights):
    """Shares of an amount in the proportion of whole weights."""
    total = sum(weights)
    return [round(cents * weight / total) for weight in weights]


def text(cents, currency="EUR"):
    """An amount for people, e.g. `EUR 12.05`."""
    return f"{currency} {cents // 100}.{cents % 100:02}"
