/** One key a person can set, with where it is now. */
export interface KeyChoice {
  readonly name: string;
  readonly description: string;
}

export interface KeyFacts {
  /** The `key_env` names of the configured workers. */
  readonly used: readonly string[];
  /** Well-known names. */
  readonly known: readonly string[];
  readonly stored: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Most names offered; a person can write any other. */
const MOST_CHOICES = 50;

/** The keys to offer: those that workers use, then the stored ones, then the well-known ones, each once, with where each is now. Values are not looked at. */
export function keyChoices({ used, known, stored, environment }: KeyFacts): readonly KeyChoice[] {
  return [...new Set([...used, ...stored, ...known])].slice(0, MOST_CHOICES).map((name) => {
    const inStore = stored.includes(name);
    const inEnvironment = (environment[name] ?? '').trim() !== '';
    const place = inStore ? 'stored' : inEnvironment ? 'in the environment' : used.includes(name) ? 'missing' : '';
    const use = used.includes(name) ? 'used by a worker' : '';
    return { name, description: [use, place].filter((word) => word !== '').join(', ') };
  });
}

/** Why a text cannot be the name of a key (which is that of an environment variable), or undefined when it can. */
export function whyNoKeyName(text: string): string | undefined {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(text)) return undefined;
  return 'A name has letters, digits and underscores, and does not begin with a digit. This is the name, not the key.';
}
