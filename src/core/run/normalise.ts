/** One named way in which command output differs from run to run without meaning anything. */
interface Normaliser {
  readonly name: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

/*
 * Applied to command output before a model reads it and before replay compares it, so that a prompt is the same for the same tree.
 * Kept few and narrow: what a test prints on purpose must survive.
 */
const NORMALISERS: readonly Normaliser[] = [
  // oxlint-disable-next-line no-control-regex -- The escape character is what is looked for.
  { name: 'colours', pattern: /\u001b\[[0-9;]*[A-Za-z]/g, replacement: '' },
  { name: 'carriage returns', pattern: /\r\n?/g, replacement: '\n' },
  {
    name: 'durations named so',
    pattern:
      /\b(duration_ms:?|duration:?|elapsed:?|time:|took|finished in|Finished in|in) (\d+(?:\.\d+)?)( ?(?:ms|s|sec|seconds|secs|m|min))?\b/g,
    replacement: '$1 <duration>',
  },
  {
    name: 'durations in brackets',
    pattern: /([([])\d+(?:\.\d+)? ?(?:ms|µs|us|s|m)([)\]])/g,
    replacement: '$1<duration>$2',
  },
  { name: 'durations in seconds', pattern: /\b\d+\.\d{2,}s\b/g, replacement: '<duration>' },
  {
    name: 'times',
    pattern: /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?\b/g,
    replacement: '<time>',
  },
  { name: 'places inside Node.js', pattern: /\(?node:internal\/[^\s)]+\)?/g, replacement: '<node internals>' },
  { name: 'process ids', pattern: /\b(pid|PID|process)([ :=]+)\d+\b/g, replacement: '$1$2<pid>' },
  { name: 'temporary paths', pattern: /\/(?:tmp|var\/folders)\/[^\s'":)]+/g, replacement: '<temporary path>' },
];

/** The names of all of them, as a replay's report lists them. */
export const NORMALISER_NAMES: readonly string[] = NORMALISERS.map(({ name }) => name);

/**
 * Output as it is compared and shown to models: each root folder becomes `.`, and the differences listed above are replaced by their names. A command may
 * know its folder by two names, where it lies and where it is shown; neither should lie in the other.
 */
export function normaliseOutput(output: string, ...roots: readonly string[]): string {
  const relative = roots.reduce(
    (text, root) =>
      text
        .replaceAll(`file://${encodeURI(root)}/`, './')
        .replaceAll(`${root}/`, './')
        .replaceAll(root, '.'),
    output,
  );
  return NORMALISERS.reduce((text, normaliser) => text.replace(normaliser.pattern, normaliser.replacement), relative);
}

/** The first third and the last two thirds of a text that is longer than `cap` characters, cut at line ends where they are near, with a line that says what is missing. */
export function cutMiddle(text: string, cap: number): string {
  if (text.length <= cap) return text;
  const head = text.slice(0, Math.floor(cap / 3));
  const tail = text.slice(text.length - Math.ceil((cap * 2) / 3));
  const headEnd = head.lastIndexOf('\n') > head.length / 2 ? head.lastIndexOf('\n') : head.length;
  const tailStart = tail.indexOf('\n') >= 0 && tail.indexOf('\n') < tail.length / 2 ? tail.indexOf('\n') + 1 : 0;
  const omitted = text.length - headEnd - (tail.length - tailStart);
  return `${head.slice(0, headEnd)}\n[... ${omitted} characters left out ...]\n${tail.slice(tailStart)}`;
}
