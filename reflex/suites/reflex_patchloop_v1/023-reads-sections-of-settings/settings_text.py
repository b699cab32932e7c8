"""Reads settings as text: `name = value`, one a line."""


def parse(text):
    """All settings as a dict of dicts. There are no sections yet: everything is in the section ""."""
    values = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, value = line.partition("=")
        values[name.strip()] = value.strip()
    return {"": values}
