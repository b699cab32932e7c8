export function add(left: number, right: number): number {
  const sum = left + right;
  return sum;
}
