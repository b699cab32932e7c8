/** Ends a switch over every `kind` of a union: does not compile while a kind is left out, and throws if a value lied about its type. */
export function unreachable(value: never): never {
  throw new Error(`no case for ${JSON.stringify(value)}`);
}
