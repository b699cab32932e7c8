/** Dates are texts, `YYYY-MM-DD`. */
function parts(date) {
  const [year, month, day] = date.split('-').map(Number);
  return { year, month, day };
}

const two = (number) => String(number).padStart(2, '0');

export function daysInMonth(year, month) {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The date so many months later, or earlier where `months` is negative. */
export function addMonths(date, months) {
  const { year, month, day } = parts(date);
  const moved = new Date(Date.UTC(year, month - 1 + months, day));
  return `${moved.getUTCFullYear()}-${two(moved.getUTCMonth() + 1)}-${two(moved.getUTCDate())}`;
}

/** Whole months from one date to a later one: the most that can be added to `from` without passing `to`. */
export function monthsBetween(from, to) {
  const [start, end] = [parts(from), parts(to)];
  return (end.year - start.year) * 12 + end.month - start.month;
}
