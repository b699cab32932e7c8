"""Splits amounts of money. All amounts are whole cents."""


def split(cents, weights):
    """Shares of an amount in the proportion of whole weights."""
    total = sum(weights)
    if total == 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights have to be 0 or more, and one of them more")
    sign = -1 if cents < 0 else 1
    parts = [divmod(abs(cents) * weight, total) for weight in weights]
    left = abs(cents) - sum(whole for whole, _ in parts)
    by_rest = sorted(range(len(parts)), key=lambda index: -parts[index][1])
    lucky = set(by_rest[:left])
    return [sign * (whole + (index in lucky)) for index, (whole, _) in enumerate(parts)]


def text(cents, currency="EUR"):
    """An amount for people, e.g. `EUR 12.05`."""
    sign = "-" if cents < 0 else ""
    return f"{currency} {sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
