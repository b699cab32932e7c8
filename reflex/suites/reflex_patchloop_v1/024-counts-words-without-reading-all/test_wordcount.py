import itertools
import unittest

import wordcount


class WordCount(unittest.TestCase):
    LINES = ["It's a boat,", "a BOAT!", "", "123"]

    def test_answers_as_before(self):
        self.assertEqual(wordcount.count(self.LINES), {"it's": 1, "a": 2, "boat": 2})
        self.assertEqual(wordcount.count(line for line in self.LINES), {"it's": 1, "a": 2, "boat": 2})
        self.assertEqual(wordcount.longest(["bb aa", "ccc ddd"]), "ccc")
        self.assertEqual(wordcount.longest([]), "")
        self.assertEqual(wordcount.top(["b a b"], 2), [("b", 2), ("a", 1)])
        self.assertEqual(wordcount.top(["b a c"], 2), [("a", 1), ("b", 1)])

    def test_reads_a_line_when_it_is_needed(self):
        read = []

        def lines():
            for number in itertools.count():
                read.append(number)
                yield f"one two {number}"

        found = wordcount.words(lines())
        self.assertEqual(list(itertools.islice(found, 2)), ["one", "two"])
        self.assertEqual(read, [0])
        self.assertEqual(next(found), "one")
        self.assertEqual(read, [0, 1])
