import unittest

from settings_text import parse


class Settings(unittest.TestCase):
    def test_sections(self):
        self.assertEqual(parse("a = 1\n[x]\nb = 2=3\n"), {"": {"a": "1"}, "x": {"b": "2=3"}})
        self.assertEqual(parse("[x]\na = 1\n[y]\n[ x ]\na = 2\nb="), {"": {}, "x": {"a": "2", "b": ""}, "y": {}})

    def test_lines_that_go_on(self):
        self.assertEqual(parse("a = 1\n  2\n\t3\nb = 4"), {"": {"a": "1\n2\n3", "b": "4"}})

    def test_comments(self):
        self.assertEqual(parse("# a = 1\n; b\n\nc = # no comment"), {"": {"c": "# no comment"}})

    def test_mistakes(self):
        with self.assertRaisesRegex(ValueError, "line 2"):
            parse("a = 1\nnonsense")
        with self.assertRaisesRegex(ValueError, "line 2"):
            parse("[x]\n  goes on")
