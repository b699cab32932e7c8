/*
 * Records the bundled sample anew: `npm run sample:record -- --url http://127.0.0.1:PORT/v1 [--out sample/recordings/sample.jsonl] [--spec FILE]`.
 * Runs the shipped command line on a copy of sample/project with every worker at that server (any OpenAI-compatible one), and writes what was
 * answered, by step and prompt. With --spec another specification takes the place of the sample's: for trying a held-out task.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeRepository } from '../../src/app/sampleRepository.ts';
import { createBlobStore } from '../../src/node/log/blobStore.ts';
import { readEventLog } from '../../src/node/log/eventLog.ts';
import type { RecordedExchange } from '../../src/node/models/recorded.ts';
import type { ModelAnswer } from '../../src/core/ports.ts';

const installation = path.resolve(import.meta.dirname, '../..');
const RUN = 'recording';

const { values } = parseArgs({ options: { url: { type: 'string' }, out: { type: 'string' }, spec: { type: 'string' } } });
if (values.url === undefined) throw new Error('--url names the server that answers, e.g. http://127.0.0.1:8000/v1');

const home = mkdtempSync(path.join(tmpdir(), 'speckit-recording-'));
const folder = path.join(home, 'notes-service');
cpSync(path.join(installation, 'sample/project'), folder, { recursive: true });
const specFile = path.join(folder, 'specs', 'SPEC-001-notes-per-day', 'spec.md');
if (values.spec !== undefined) cpSync(values.spec, specFile);
const toml = path.join(folder, 'speckit.toml');
// The shipped workers are recordings; here each of them is the server that is to be recorded, under the name `<worker>-live`, at no price.
const patient = 'first_token_timeout_seconds = 7200\nidle_timeout_seconds = 7200\ntotal_timeout_seconds = 14400';
const live = readFileSync(toml, 'utf8').replaceAll(
  /\[workers\.(\w+)\]\nprovider = "recorded"\nmodel = "sample"/g,
  `[workers.$1]\nprovider = "openai-chat"\nmodel = "$1-live"\nbase_url = "${values.url}"\n${patient}`,
);
writeFileSync(toml, live);
const speckitHome = path.join(home, 'home');
mkdirSync(path.join(speckitHome, 'config'), { recursive: true });
const prices = [...live.matchAll(/model = "([^"]+)"/g)].map(([, model]) => `[prices."${model}"]\ninput_dollars = 0\noutput_dollars = 0\n`);
writeFileSync(path.join(speckitHome, 'config', 'config.toml'), [...new Set(prices)].join('\n'));
await makeRepository(folder, new AbortController().signal);

const environment = { ...process.env, SPECKIT_HOME: speckitHome };
const run = spawnSync(process.execPath, [path.join(installation, 'dist/cli/main.js'), '-C', folder, 'auto', 'SPEC-001', '--run-id', RUN], { env: environment, stdio: 'inherit' });
process.stdout.write(`exit ${run.status}; the project is in ${folder}\n`);

const runFolder = path.join(folder, '.git/speckit/runs', RUN);
const content = await readEventLog(path.join(runFolder, 'events.jsonl'));
if (content.kind === 'error') throw new Error(JSON.stringify(content.error));
const blobs = createBlobStore(path.join(runFolder, 'blobs'));
const lines: string[] = [];
for (const event of content.value.events) {
  if (event.kind !== 'LLMCall' || event.payload.answer === null) continue;
  const answer = JSON.parse(await blobs.get(event.payload.answer)) as ModelAnswer;
  const exchange: RecordedExchange = { stepKey: event.payload.key, promptHash: event.payload.promptHash, answer };
  lines.push(JSON.stringify(exchange));
}
const out = path.resolve(installation, values.out ?? 'sample/recordings/sample.jsonl');
mkdirSync(path.dirname(out), { recursive: true });
writeFileSync(out, `${lines.join('\n')}\n`);
process.stdout.write(`${lines.length} answers in ${path.relative(process.cwd(), out)}\n`);
