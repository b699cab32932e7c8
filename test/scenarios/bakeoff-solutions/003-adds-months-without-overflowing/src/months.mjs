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
  const total = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(total / 12), (total % 12) + 1];
  return `${toYear}-${two(toMonth)}-${two(Math.min(day, daysInMonth(toYear, toMonth)))}`;
}

/** Whole months from one date to a later one: the most that can be added to `from` without passing `to`. */
export function monthsBetween(from, to) {
  const [start, end] = [parts(from), parts(to)];
  const months = (end.year - start.year) * 12 + end.month - start.month;
  return addMonths(from, months) > to ? months - 1 : months;
}
