import unittest
from datetime import date

from workdays import add_working_days, working_days

MONDAY = date(2024, 1, 1)


class WorkingDays(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(working_days(MONDAY, date(2024, 1, 7)), 5)
        self.assertEqual(working_days(MONDAY, MONDAY), 1)
        self.assertEqual(working_days(date(2024, 1, 6), date(2024, 1, 7)), 0)
        self.assertEqual(working_days(date(2024, 1, 4), date(2024, 1, 16)), 9)
        self.assertEqual(working_days(date(2024, 1, 7), MONDAY), 0)

    def test_holidays(self):
        week = date(2024, 1, 7)
        self.assertEqual(working_days(MONDAY, week, [MONDAY, MONDAY]), 4)
        self.assertEqual(working_days(MONDAY, week, [date(2024, 1, 6)]), 5)
        self.assertEqual(working_days(MONDAY, week, [date(2025, 1, 1)]), 5)

    def test_adds(self):
        friday = date(2024, 1, 5)
        self.assertEqual(add_working_days(friday, 1), date(2024, 1, 8))
        self.assertEqual(add_working_days(date(2024, 1, 8), -1), friday)
        self.assertEqual(add_working_days(friday, 0), friday)
        self.assertEqual(add_working_days(friday, 5, [date(2024, 1, 8)]), date(2024, 1, 15))
