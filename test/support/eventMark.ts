/** What an event is in every run of one script, whatever was killed on the way: its kind and the step or decision it is about. */
export function eventMark(event: { readonly kind: string; readonly payload: object }): string {
  return 'key' in event.payload ? `${event.kind} ${String(event.payload.key)}` : event.kind;
}
