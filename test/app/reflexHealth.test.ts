import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { checkReflex } from '../../src/app/reflexHealth.ts';
import { createServices } from '../../src/app/services.ts';
import { hostOf } from '../support/projectApp.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** Answers by path: JSON, a status without a body, or nothing at all; what is left out is 404. */
type Pages = Readonly<Record<string, object | number | 'silence'>>;

interface Place {
  /** speckit.toml, by the server's address. */
  readonly toml: (url: string) => string;
  /** The person's own config.toml. */
  readonly own?: (url: string) => string;
}

const WORKER: Place = {
  toml: (url) => `[workers.gpu]\nprovider = "openai-chat"\nmodel = "qwen"\nbase_url = "${url}"\nlocal = true\n`,
};
const LAUNCHED: Place = { ...WORKER, own: () => '[reflex_server]\ncommand = "python -m sglang.launch_server"\n' };
const REFLEX: Place = { toml: (url) => `[reflex]\nenabled = true\nmodel = "qwen"\nendpoint = "${url}"\n` };
const OWN_ADDRESS: Place = {
  toml: () => '',
  own: (url) => `[reflex_server]\ncommand = "python -m sglang.launch_server"\nurl = "${url}"\n`,
};

/** What a person is told to do about a server that answers so. */
async function nextOf(pages: Pages, place: Place): Promise<string | undefined> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''] ?? 404;
    if (page === 'silence') return;
    response.statusCode = typeof page === 'number' ? page : 200;
    response.end(typeof page === 'number' ? '' : JSON.stringify(page));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1`;
  using folder = temporaryFolder();
  mkdirSync(folder.join('own/config'), { recursive: true });
  writeFileSync(folder.join('speckit.toml'), place.toml(url));
  if (place.own !== undefined) writeFileSync(folder.join('own/config/config.toml'), place.own(url));
  const environment = { HOME: folder.path, SPECKIT_HOME: folder.join('own') };
  const services = createServices(hostOf({ root: folder.path, environment }));
  try {
    const health = await checkReflex(services, undefined, new AbortController().signal);
    assert.equal(health.healthy, false, health.message);
    return health.next;
  } finally {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

const LIST = { data: [{ id: 'qwen', owned_by: 'vllm' }] };
const ILL: Pages = { '/v1/models': LIST, '/health': 500 };
const SLOW: Pages = { '/v1/models': LIST, '/health': 'silence' };
const SILENT: Pages = { '/v1/models': 'silence', '/health': 'silence', '/metrics': 'silence' };
const LOADING: Pages = { '/v1/models': 503 };
const OTHER: Pages = { '/v1/models': { data: [{ id: 'other', owned_by: 'vllm' }] }, '/health': 200 };

const START_IT_WITH = 'or start the server with --served-model-name qwen (vLLM, SGLang) or --alias qwen (llama.cpp).';

describe('what is to be done about a local server', function () {
  // A look waits five seconds for each answer that does not come.
  this.timeout(20_000);

  const ROWS: readonly (readonly [what: string, pages: Pages, place: Place, next: string])[] = [
    [
      'ill, and somebody else started it',
      ILL,
      WORKER,
      'Restart it where it was started, and look at its own log there.',
    ],
    [
      'ill, and SpecKit starts it',
      ILL,
      LAUNCHED,
      'Its log: `speckit reflex logs`. Start it anew: `speckit reflex restart`',
    ],
    [
      'late with its health, and somebody else started it',
      SLOW,
      WORKER,
      'Restart it where it was started, and look at its own log there.',
    ],
    [
      'silent, and somebody else started it',
      SILENT,
      REFLEX,
      'If it does not come back, restart it where it was started, and look at its own log there.',
    ],
    [
      'silent, and SpecKit starts it',
      SILENT,
      LAUNCHED,
      'If it does not come back: `speckit reflex restart`. Its log: `speckit reflex logs`',
    ],
    ['loading, and somebody else started it', LOADING, WORKER, 'Wait for it. Its log is where it was started.'],
    ['loading, and SpecKit starts it', LOADING, LAUNCHED, 'Wait for it. Its log: `speckit reflex logs`'],
    [
      'something else, at the address of a worker',
      {},
      WORKER,
      'Correct the base_url or the key_env of the worker, or end what else listens on that port.',
    ],
    [
      'something else, at the address of [reflex]',
      {},
      REFLEX,
      'Correct endpoint under [reflex], or end what else listens on that port.',
    ],
    [
      'one that wants a key, at the address of [reflex]',
      { '/v1/models': 401 },
      REFLEX,
      'Nothing under [reflex] names a key: start the server without one, or correct endpoint under [reflex].',
    ],
    [
      "something else, at the address of the person's own file",
      {},
      OWN_ADDRESS,
      'Correct url under [reflex_server], or end what else listens on that port.',
    ],
    ['without the model of a worker', OTHER, WORKER, `Write one of these as the worker's model, ${START_IT_WITH}`],
    ['without the model of [reflex]', OTHER, REFLEX, `Write one of these as model under [reflex], ${START_IT_WITH}`],
  ];
  for (const [what, pages, place, next] of ROWS)
    it(`that is ${what}`, async () => assert.equal(await nextOf(pages, place), next));

  it('that [reflex] names and that is not enabled yet: its address goes where it is looked for, and is found there', async () => {
    const disabled = { toml: (url: string) => REFLEX.toml(url).replace('enabled = true', 'enabled = false') };
    let told = '';
    await assert.rejects(nextOf({}, disabled), ({ message }: Error) => {
      told = message;
      return true;
    });
    assert.match(
      told,
      /^To start or look at the server of \[reflex\] before it is enabled, write its address under \[reflex_server\] in your own .*config\.toml, beside its command:\nurl = "http:\/\/127\.0\.0\.1:\d+\/v1"$/m,
    );
    const line = told.split('\n').at(-1) ?? '';
    const own = (url: string): string =>
      `[reflex_server]\ncommand = "python -m sglang.launch_server"\n${line.replace(/http:[^"]+/, url)}\n`;
    assert.equal(
      await nextOf(ILL, { ...disabled, own }),
      'Its log: `speckit reflex logs`. Start it anew: `speckit reflex restart`',
    );
  });
});
