"""Working days. Dates are datetime.date."""

from datetime import timedelta


def is_working_day(day, holidays=()):
    return day.weekday() < 5 and day not in holidays


def working_days(start, end, holidays=()):
    """Working days from start up to and with end."""
    days = (end - start).days + 1
    return sum(is_working_day(start + timedelta(days=index), holidays) for index in range(days))


def add_working_days(start, days, holidays=()):
    """The date so many working days after start."""
    step = timedelta(days=1 if days > 0 else -1)
    day = start
    left = abs(days)
    while left > 0:
        day += step
        if is_working_day(day, holidays):
            left -= 1
    return day
