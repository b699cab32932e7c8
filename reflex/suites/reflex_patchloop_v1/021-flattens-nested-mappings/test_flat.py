import unittest

import flat


class Flat(unittest.TestCase):
    def test_flattens(self):
        self.assertEqual(flat.flatten({"a": {"b": [1, 2]}, "c": None}), {"a.b.0": 1, "a.b.1": 2, "c": None})
        self.assertEqual(flat.flatten({"a.b": {}, "c\\d": [[]]}), {"a\\.b": {}, "c\\\\d.0": []})

    def test_gets(self):
        value = {"a.b": [5, {"c": "x"}], "d": 0}
        self.assertEqual(flat.get(value, "a\\.b.0"), 5)
        self.assertEqual(flat.get(value, "a\\.b.1.c"), "x")
        self.assertEqual(flat.get(value, "d"), 0)
        for path in ["a.b", "a\\.b.2", "a\\.b.-1", "d.0", "e"]:
            with self.assertRaises(KeyError):
                flat.get(value, path)

    def test_goes_there_and_back(self):
        value = {"x.y": {"z\\": [1, {"a": "b"}]}, "": 3}
        for path, leaf in flat.flatten(value).items():
            self.assertEqual(flat.get(value, path), leaf)
