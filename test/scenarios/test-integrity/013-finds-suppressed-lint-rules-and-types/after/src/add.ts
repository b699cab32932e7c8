// eslint-disable-next-line no-console -- It talks.
console.log(1);
// @ts-ignore
export const add = (a: number, b: number): string => a + b;
const text = "// eslint-disable";
