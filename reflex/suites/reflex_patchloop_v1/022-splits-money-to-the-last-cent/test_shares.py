import unittest

from shares import split, text


class Shares(unittest.TestCase):
    def test_sums_up(self):
        self.assertEqual(split(100, [1, 1, 1]), [34, 33, 33])
        self.assertEqual(split(10, [1, 2, 4]), [1, 3, 6])
        self.assertEqual(split(5, [1, 1]), [3, 2])
        self.assertEqual(split(0, [1, 2]), [0, 0])
        self.assertEqual(split(7, [0, 1]), [0, 7])
        for cents in range(0, 300, 7):
            self.assertEqual(sum(split(cents, [3, 7, 11, 13])), cents)

    def test_large_amounts_are_exact(self):
        self.assertEqual(split(10**18 + 1, [1, 1]), [5 * 10**17 + 1, 5 * 10**17])

    def test_negative_amounts(self):
        self.assertEqual(split(-100, [1, 1, 1]), [-34, -33, -33])
        self.assertEqual(text(-1205), "EUR -12.05")
        self.assertEqual(text(1205), "EUR 12.05")

    def test_weights(self):
        for weights in ([0, 0], [], [2, -1]):
            with self.assertRaises(ValueError):
                split(100, weights)
