/** Names that look like those of keys. */
const KEY_NAME = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i;
/** What steers our own processes, git, npm or the editor and is none of a server's business. */
const OURS = /^(?:SPECKIT_|SPEC_OPS_|VSCODE_|ELECTRON_|npm_|GIT_|NODE_OPTIONS$)/;

export interface ServerEnvironmentOptions {
  /** The person's own environment. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** `reflex_server.environment`. */
  readonly given: Readonly<Record<string, string>>;
  /** `reflex_server.keys`: names of keys that it gets all the same. */
  readonly keys: readonly string[];
}

/**
 * The environment of a person's own server: theirs, because such a server needs half of it (CUDA_*, HF_HOME, LD_LIBRARY_PATH, DOCKER_HOST), without what
 * looks like a key. `secrets` are the values of the keys that it does get.
 */
export function serverEnvironment({ inherited, given, keys }: ServerEnvironmentOptions): {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
} {
  const passed = Object.entries(inherited).flatMap(([name, value]) => {
    if (value === undefined || OURS.test(name)) return [];
    return KEY_NAME.test(name) && !keys.includes(name) ? [] : [[name, value] as const];
  });
  const secret = Object.entries(given).filter(([name]) => KEY_NAME.test(name));
  const kept = passed.filter(([name]) => keys.includes(name));
  return {
    // What is printed must arrive at once, and not when a buffer is full.
    environment: { PYTHONUNBUFFERED: '1', ...Object.fromEntries(passed), ...given },
    secrets: [...secret, ...kept].map(([, value]) => value).filter((value) => value !== ''),
  };
}
