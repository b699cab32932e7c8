import unittest

from wrapping import indent, wrap


class Wrapping(unittest.TestCase):
    def test_words(self):
        self.assertEqual(wrap("aa bb  cc", 5), "aa bb\ncc")
        self.assertEqual(wrap("aa\nbb\tcc dd", 8), "aa bb cc\ndd")
        self.assertEqual(wrap("  aa ", 10), "aa")

    def test_long_words(self):
        self.assertEqual(wrap("a longword b", 4), "a\nlongword\nb")

    def test_paragraphs(self):
        self.assertEqual(wrap("aa bb\n\n\n cc", 2), "aa\nbb\n\ncc")
        self.assertEqual(wrap("aa\n  \nbb\n", 9), "aa\n\nbb")
        self.assertEqual(wrap("", 9), "")

    def test_width(self):
        with self.assertRaises(ValueError):
            wrap("a", 0)

    def test_indent(self):
        self.assertEqual(indent("a\n\nb", "> "), "> a\n\n> b")
