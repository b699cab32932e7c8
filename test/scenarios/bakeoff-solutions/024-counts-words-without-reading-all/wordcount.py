"""Counts words. A word is a run of letters and apostrophes."""

import re
from collections import Counter

WORD = re.compile(r"[a-z']+")


def words(lines):
    """The words of some lines one by one, in lower case. Reads a line when it is needed."""
    for line in lines:
        yield from WORD.findall(line.lower())


def count(lines):
    """How often each word stands in the lines."""
    return dict(Counter(words(lines)))


def longest(lines):
    """The longest word, the first one of several; "" where there is none."""
    return max(words(lines), key=len, default="")


def top(lines, number):
    """The most frequent words with their counts."""
    counts = sorted(count(lines).items(), key=lambda pair: (-pair[1], pair[0]))
    return counts[:number]
