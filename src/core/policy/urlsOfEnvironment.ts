type Table = Readonly<Record<string, unknown>>;

/** A worker whose address cannot be read from the environment. `path` is where to point. */
export interface UrlProblem {
  readonly path: readonly string[];
  readonly rule: 'missing-url' | 'bad-url';
  readonly message: string;
}

/**
 * A person's own config.toml as parsed, with the address of each worker that names a variable (`base_url_env`) in its place: from here on it is a base_url like any
 * other, checked and frozen as one. A variable that is not set is a fault of the configuration, and nobody guesses an official endpoint for it.
 */
export function withUrlsOfEnvironment(
  table: Table,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly table: Table; readonly problems: readonly UrlProblem[] } {
  const workers = table['workers'];
  if (!isTable(workers)) return { table, problems: [] };
  const problems: UrlProblem[] = [];
  const resolved = Object.entries(workers).map(([name, worker]): readonly [string, unknown] => {
    if (!isTable(worker) || typeof worker['base_url_env'] !== 'string') return [name, worker];
    const { base_url_env: variable, ...others } = worker;
    const url = environment[variable]?.trim() ?? '';
    const problem = problemOf(name, variable, url, others);
    if (problem === undefined) return [name, { ...others, base_url: url }];
    problems.push(problem);
    return [name, others];
  });
  return { table: { ...table, workers: Object.fromEntries(resolved) }, problems };
}

function problemOf(name: string, variable: string, url: string, worker: Table): UrlProblem | undefined {
  const path = ['workers', name, 'base_url_env'];
  if (worker['base_url'] !== undefined)
    return { path, rule: 'bad-url', message: `workers.${name} has base_url and base_url_env. Keep one of them.` };
  const what = `the environment variable ${variable}, which workers.${name}.base_url_env names,`;
  if (url === '')
    return {
      path,
      rule: 'missing-url',
      message: `Where workers.${name} is cannot be told: ${what} is not set. Set it to a URL such as "http://127.0.0.1:30000/v1".`,
    };
  // The value is not repeated: it may hold a password.
  return /^https?:\/\//.test(url) && URL.canParse(url)
    ? undefined
    : {
        path,
        rule: 'bad-url',
        message: `Where workers.${name} is cannot be told: ${what} holds no whole URL such as "http://127.0.0.1:30000/v1".`,
      };
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
