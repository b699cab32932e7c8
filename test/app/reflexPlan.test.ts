import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { CommandProblem } from '../../src/app/problem.ts';
import { checkLaunch, planReflex, type ReflexPlanRequest } from '../../src/app/reflexPlan.ts';
import { reflexCheckText, reflexPlanText } from '../../src/app/reflexPlanText.ts';
import { createServices, type Services } from '../../src/app/services.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { hostOf } from '../support/projectApp.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/*
 * One folder of test/scenarios/reflex-plan, one plan: request.json says what is asked for and what there is, shown.txt what a person is shown. UPDATE=1
 * writes shown.txt; read what it says.
 */
const scenarios = path.resolve(import.meta.dirname, '../scenarios/reflex-plan');

interface Scenario extends ReflexPlanRequest {
  readonly check?: string;
  /** A line of nvidia-smi; without one there is no GPU here. */
  readonly gpu?: string;
  /** The model of a configured local worker, and what its server answers by path; without pages nothing listens. */
  readonly worker?: string;
  readonly pages?: Readonly<Record<string, unknown>>;
}

const never = new AbortController().signal;

async function shown(name: string): Promise<string> {
  const folder = path.join(scenarios, name);
  const {
    check,
    gpu,
    worker,
    pages = {},
    ...request
  } = JSON.parse(readFileSync(path.join(folder, 'request.json'), 'utf8')) as Scenario;
  using place = temporaryFolder();
  await using server = await served(pages);
  const services = await servicesIn(place, worker === undefined ? '' : workerText(worker, server.url), gpu);
  const config = request.config === undefined ? {} : { config: path.join(folder, request.config) };
  const wanted = { ...request, ...config, nvidiaSmi: place.join('nvidia-smi') };
  try {
    const text =
      check === undefined
        ? reflexPlanText(await planReflex(services, wanted, never))
        : reflexCheckText(await checkLaunch(services, check, wanted, never));
    return hidden(text, [folder, place.path, server.url]);
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    return hidden(`${error.kind}: ${error.message}`, [folder, place.path, server.url]);
  }
}

const hidden = (text: string, [folder = '', place = '', url = '']: readonly string[]): string =>
  `${text.replaceAll(folder, '<folder>').replaceAll(place, '<place>').replaceAll(url, '<server>')}\n`;

const workerText = (model: string, url: string): string =>
  `[workers.gpu]\nprovider = "openai-chat"\nmodel = "${model}"\nbase_url = "${url}/v1"\nlocal = true\n`;

async function servicesIn(
  place: ReturnType<typeof temporaryFolder>,
  toml: string,
  gpu: string | undefined,
): Promise<Services> {
  const repository = place.join('repository');
  await makeRepository(repository, { 'speckit.toml': toml });
  if (gpu !== undefined) {
    writeFileSync(place.join('nvidia-smi'), `#!/bin/sh\necho "${gpu}"\n`);
    chmodSync(place.join('nvidia-smi'), 0o755);
  }
  const host = hostOf({
    root: repository,
    environment: { XDG_CONFIG_HOME: place.join('config') },
  });
  return { ...createServices(host), processes: createProcesses({ PATH: '/usr/bin:/bin' }) };
}

/** A server that answers these paths and nothing else. The port is not the usual one, which the text shows. */
async function served(pages: Readonly<Record<string, unknown>>): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.statusCode = page === undefined ? 404 : 200;
    response.end(typeof page === 'string' ? page : JSON.stringify(page ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe('a plan of the local server', () => {
  const names = readdirSync(scenarios).toSorted();
  it('has its scenarios', () => assert.ok(names.length >= 20));
  for (const name of names)
    it(name.replace(/^\d+-/, '').replaceAll('-', ' '), async () => {
      const text = (await shown(name)).replaceAll(/--port (?!3009\b)\d+(?: +)?/g, (words) =>
        words.endsWith(' ') ? '--port <port>  ' : '--port <port>',
      );
      const file = path.join(scenarios, name, 'shown.txt');
      if (process.env['UPDATE'] === '1') writeFileSync(file, text);
      assert.equal(
        text,
        existsSync(file) ? readFileSync(file, 'utf8') : '',
        'run with UPDATE=1 and read the difference',
      );
    });

  it('survives the way to another thread, and takes no longer than it may for a server that is silent', async () => {
    using place = temporaryFolder();
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const services = await servicesIn(place, workerText('qwen3-32b', `http://127.0.0.1:${port}`), undefined);
    try {
      const started = performance.now();
      const report = await planReflex(services, { card: 'rtx-5090' }, never);
      assert.ok(performance.now() - started < 10_000, 'the deadlines of the looks end it');
      assert.equal(report.reported.kind, 'none');
      assert.deepEqual(structuredClone(report), report);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
