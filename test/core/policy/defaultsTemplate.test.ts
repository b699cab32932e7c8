import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { parse } from 'smol-toml';
import type { TemplateInput } from '../../../src/core/policy/defaultsTemplate.ts';
import { configurationTemplate } from '../../../src/core/policy/defaultsTemplate.ts';
import type { CheckSettings, Configuration, WorkerSettings } from '../../../src/core/settings.ts';
import { checkSchema, configurationSchema, workerSchema } from '../../../src/core/settings.ts';
import { loadConfiguration } from '../../../src/node/configuration.ts';

const defaults = configurationSchema.parse({});
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'speckit-template-'));
});

after(() => rmSync(folder, { recursive: true }));

async function readBack(text: string): Promise<Configuration> {
  writeFileSync(join(folder, 'speckit.toml'), text);
  const loaded = await loadConfiguration({
    repositoryRoot: folder,
    userConfigurationFile: join(folder, 'none.toml'),
    environment: {},
  });
  assert.equal(loaded.kind, 'ok', JSON.stringify(loaded.kind === 'error' ? loaded.error : ''));
  return loaded.value.configuration;
}

const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const names = fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/).filter((name) => name !== 'constructor');
const seconds = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0.001, max: 1e25, noNaN: true }));
const member: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  member: fc.oneof(
    { depthSize: 'small' },
    line,
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.array(tie('member'), { maxLength: 3 }),
    fc.dictionary(
      line.filter((key) => key !== '__proto__' && key !== 'constructor'),
      tie('member'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).member;

const check: fc.Arbitrary<CheckSettings> = fc
  .record({
    command: line,
    kind: fc.constantFrom(...checkSchema.shape.kind.unwrap().options),
    timeout_seconds: seconds,
  })
  .map((drawn) => checkSchema.parse(drawn));

const worker: fc.Arbitrary<WorkerSettings> = fc
  .record(
    {
      provider: fc.constantFrom('openai-chat', 'anthropic', 'openai-responses'),
      model: line,
      base_url: fc.constantFrom('http://127.0.0.1:30000/v1', 'http://localhost/'),
      local: fc.boolean(),
      structured_output: fc.constantFrom('json_schema', 'json_object', 'none'),
      context_tokens: fc.integer({ min: 1 }),
      max_output_tokens: fc.constantFrom(1, 16_000, Number.MAX_SAFE_INTEGER),
      total_timeout_seconds: seconds,
      extra_body: fc.record(
        { chat_template_kwargs: member, 'odd "key"': member },
        { requiredKeys: [], noNullPrototype: true },
      ),
    },
    { requiredKeys: ['provider', 'model', 'base_url'], noNullPrototype: true },
  )
  .map((drawn) => workerSchema.parse(drawn));

const input: fc.Arbitrary<TemplateInput> = fc
  .record({
    setup: fc.record({ command: line, timeout_seconds: seconds }, { requiredKeys: [], noNullPrototype: true }),
    checks: fc.dictionary(names, check, { maxKeys: 3, noNullPrototype: true }),
    workers: fc.dictionary(names, worker, { maxKeys: 4, noNullPrototype: true }),
  })
  .chain((drawn) => {
    const chain = fc.subarray(Object.keys(drawn.workers)).map((names) => names.slice(0, 6));
    return fc
      .record({ architect: chain, implementer: chain, judge: chain, critic: chain })
      .map((routing) => ({ ...drawn, routing }));
  });

describe('a fresh speckit.toml', () => {
  it('gives back exactly what was put in, and the defaults for the rest', async () => {
    await fc.assert(
      fc.asyncProperty(input, async (put) => {
        const expected = {
          ...defaults,
          setup: { ...defaults.setup, ...put.setup },
          checks: put.checks,
          workers: put.workers,
          routing: { ...defaults.routing, ...put.routing },
        };
        assert.deepEqual(await readBack(configurationTemplate(put)), expected);
      }),
    );
  });

  it('shows every default as it is', async () => {
    const text = configurationTemplate({ checks: {}, workers: {}, routing: {} });
    const uncommented = text.replaceAll(/^# ([a-z0-9_]+ = (?!""|\.\.\.|\["\.\.\."\]).*)$/gm, '$1');
    const shown: Readonly<Record<string, unknown>> = parse(uncommented);
    const expected = {
      spec: defaults.spec,
      setup: { network: false, timeout_seconds: 900 },
      commands: {},
      routing: { librarian_long_context_tokens: 100_000 },
      gates: defaults.gates,
      advisers: {
        security_review: 'high_risk',
        performance_review: 'large_or_hot',
        large_change_lines: 500,
        librarian: true,
        tutor: true,
      },
      demotions: { enabled: true },
      reflex: defaults.reflex,
      budget: defaults.budget,
      cost: defaults.cost,
      limits: defaults.limits,
      prompt_tokens: defaults.prompt_tokens,
      calls: { local_only: false, prefer_local: false, offline: false, ci: false },
      capture: defaults.capture,
      secrets: {},
      retention: defaults.retention,
    };
    assert.equal(JSON.stringify(sorted(shown)), JSON.stringify(sorted(expected)));
    assert.deepEqual(await readBack(uncommented), defaults);
  });

  it('refuses to write a null, which TOML cannot say', () => {
    const worker = workerSchema.parse({ provider: 'anthropic', model: 'x', extra_body: { a: null } });
    assert.throws(() => configurationTemplate({ checks: {}, workers: { worker }, routing: {} }), TypeError);
  });
});

function sorted(value: object): readonly unknown[] {
  return Object.entries(value)
    .map(([key, member]): [string, unknown] => [
      key,
      typeof member === 'object' && member !== null ? sorted(member) : member,
    ])
    .sort(([left], [right]) => (left < right ? -1 : 1));
}
