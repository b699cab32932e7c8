/** An expected outcome as a value: either what was asked for, or why not. Unexpected faults are thrown instead. */
export type Result<Value, Failure> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'error'; readonly error: Failure };

export function ok<Value>(value: Value): { readonly kind: 'ok'; readonly value: Value } {
  return { kind: 'ok', value };
}

export function err<Failure>(error: Failure): { readonly kind: 'error'; readonly error: Failure } {
  return { kind: 'error', error };
}
