"""Working days. Dates are datetime.date."""

from datetime import timedelta


def is_working_day(day, holidays=()):
    return day.weekday() <= 5 and day not in holidays


def working_days(start, end, holidays=()):
    """Working days from start up to and with end."""
    days = (end - start).days
    weekends = days // 7 * 2
    return days - weekends - len(holidays)


def add_working_days(start, days, holidays=()):
    """The date so many working days after start."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= 1
    return day
