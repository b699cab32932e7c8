"""Counts words. A word is a run of letters and apostrophes."""

import re


def count(lines):
    """How often each word stands in the lines."""
    text = "\n".join(lines).lower()
    result = {}
    for word in re.findall(r"[a-z']+", text):
        if word in result:
            result[word] = result[word] + 1
        else:
            result[word] = 1
    return result


def longest(lines):
    """The longest word, the first one of several; "" where there is none."""
    text = "\n".join(lines).lower()
    result = ""
    for word in re.findall(r"[a-z']+", text):
        if len(word) > len(result):
            result = word
    return result


def top(lines, number):
    """The most frequent words with their counts."""
    counts = list(count(lines).items())
    counts.sort(key=lambda pair: (-pair[1], pair[0]))
    return counts[:number]
