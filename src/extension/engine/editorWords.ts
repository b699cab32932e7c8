/*
 * The core's problems name the command line's verbs, which say nothing to who sits in the editor: here, and nowhere else, they become what is pressed there.
 */

/** A verb of the command line, and the command of the palette that does the same. */
export const COMMAND_OF_VERB = {
  auto: 'SpecKit: Auto',
  resume: 'SpecKit: Continue Run',
  stop: 'SpecKit: Stop Run',
  pause: 'SpecKit: Pause Run',
  watch: 'SpecKit: Show Run',
  show: 'SpecKit: Show Run',
  status: 'SpecKit: Status',
  explain: 'SpecKit: Explain Run',
  replay: 'SpecKit: Replay Run',
  gc: 'SpecKit: Clean Up Old Runs',
  log: "SpecKit: Verify a Run's Log",
  undo: 'SpecKit: Undo Applied Change',
  approve: 'SpecKit: Approve All and Apply',
  reject: 'SpecKit: Reject Proposal...',
  diff: 'SpecKit: Review All',
  clarify: 'SpecKit: Clarify',
  tell: 'SpecKit: Tell the Run...',
  doctor: 'SpecKit: What Was Found',
  init: 'SpecKit: Set Up',
  sample: 'SpecKit: Try the Sample',
  new: 'SpecKit: New Spec...',
  'reflex start': 'SpecKit: Start Local Server',
  'reflex stop': 'SpecKit: Stop Local Server',
  'reflex restart': 'SpecKit: Restart Local Server',
  'reflex logs': 'SpecKit: Show Local Server Log',
  'reflex health': 'SpecKit: Check Local Server Health',
  'reflex models': 'SpecKit: Show Local Server Models',
  'reflex status': 'SpecKit: Show Local Server',
  'reflex plan': 'SpecKit: Plan the Local Server',
  'reflex bakeoff': 'SpecKit: Run a Bake-Off of the Local Server...',
} as const;

/** Replaces each quoted command line by the command of the palette; a verb without one stays as it is. */
export function inEditorWords(text: string): string {
  return text.replaceAll(/`speckit (reflex [a-z]+|[a-z]+)[^`]*`/g, (line, verb: string) =>
    Object.hasOwn(COMMAND_OF_VERB, verb) ? `"${COMMAND_OF_VERB[verb as keyof typeof COMMAND_OF_VERB]}"` : line,
  );
}
