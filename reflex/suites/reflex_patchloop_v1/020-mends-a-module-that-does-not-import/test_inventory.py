import unittest

from inventory import Inventory, Item


class Stores(unittest.TestCase):
    def test_adds_and_lists(self):
        store = Inventory()
        self.assertEqual(store.add("Flour", 2, "kg"), 2000)
        self.assertEqual(store.add("flour", 500), 2500)
        store.add("salt", 10)
        store.add("Aniseed", 10)
        self.assertEqual(store.items(), [Item("flour", 2500), Item("aniseed", 10), Item("salt", 10)])
        self.assertTrue(store.items()[0].is_heavy())

    def test_takes(self):
        store = Inventory()
        store.add("salt", 10)
        with self.assertRaises(ValueError):
            store.take("SALT", 11)
        store.take("salt", 4)
        self.assertEqual(store.items(), [Item("salt", 6)])
        store.take("salt", 6)
        self.assertEqual(store.items(), [])
        with self.assertRaises(KeyError):
            store.take("salt", 1)
