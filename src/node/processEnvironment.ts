/** Variables a command gets from us: enough to find its tools, its caches and the language of its messages. */
const inheritedNames = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'JAVA_HOME',
  'GOPATH',
  'GOROOT',
  'GOCACHE',
  'CARGO_HOME',
  'RUSTUP_HOME',
  'VIRTUAL_ENV',
  'PYENV_ROOT',
  'PNPM_HOME',
] as const;

/** Without these no program starts on Windows. */
const inheritedOnWindows = [
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
] as const;

const secretName = /KEY|TOKEN|SECRET|PASSWORD|^npm_|^NODE_OPTIONS$|^GIT_/i;

/**
 * The whole environment of a command: a few inherited variables, then what the request gives, then what keeps its output plain.
 * Whatever looks like a key, and whatever would steer npm, node or git from outside, is left out, also when the request gives it.
 */
export function processEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of [...inheritedNames, ...inheritedOnWindows]) {
    const value = inherited[name];
    if (value !== undefined) environment[name] = value;
  }
  Object.assign(environment, given, { CI: '1', NO_COLOR: '1', FORCE_COLOR: '0' });
  for (const name of Object.keys(environment)) if (secretName.test(name)) delete environment[name];
  return environment;
}
