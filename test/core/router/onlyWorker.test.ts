import assert from 'node:assert/strict';
import { withOnlyWorker } from '../../../src/core/router/onlyWorker.ts';
import { attemptsPerWorker, ladderOf } from '../../../src/core/router/rungs.ts';
import { configurationSchema, type ComparedStage } from '../../../src/core/settings.ts';

const worker = { provider: 'anthropic', model: 'm' };
const base = {
  workers: { one: worker, two: worker, other: worker },
  routing: { architect: ['one', 'two'], implementer: ['one'], judge: ['two'], critic: ['one'] },
};

/** The first rung of every role that is asked, stage by stage. */
function chains(written: object, stage: ComparedStage): readonly string[] | undefined {
  const only = withOnlyWorker(configurationSchema.parse({ ...base, ...written }), stage, 'other');
  if (only === undefined) return undefined;
  const of = (
    role: 'architect' | 'implementer' | 'judge' | 'critic',
    at: 'specify' | 'plan' | 'tasks' | 'implement' | 'audit',
  ) => ladderOf(role, at, only).rungs.flat().join('+');
  return [
    of('architect', 'specify'),
    of('architect', 'plan'),
    of('architect', 'tasks'),
    of('implementer', 'implement'),
    of('judge', 'audit'),
    of('critic', 'plan'),
  ];
}

describe('a policy with one worker for a stage', () => {
  it('changes nothing else, whatever tiers there are', () => {
    assert.deepEqual(chains({}, 'plan'), ['one+two', 'other', 'one+two', 'one', 'two', 'one']);
    assert.deepEqual(chains({}, 'tasks'), ['one+two', 'one+two', 'other', 'one', 'two', 'one']);
    assert.deepEqual(chains({}, 'implement'), ['one+two', 'one+two', 'one+two', 'other', 'two', 'one']);
    assert.deepEqual(chains({}, 'audit'), ['one+two', 'one+two', 'one+two', 'one', 'other', 'one']);
    const tiers = { C: { architect: ['two'], critic: ['two'] }, S: { commands: ['tasks'], architect: ['two'] } };
    assert.deepEqual(chains({ tiers }, 'plan'), ['two', 'other', 'two', 'one', 'two', 'two']);
    assert.deepEqual(chains({ tiers }, 'tasks'), ['two', 'two', 'other', 'one', 'two', 'two']);
  });

  it("keeps what the stage's tier does otherwise", () => {
    const tiers = { C: { attempts_per_worker: 4, climb: false } };
    const only = withOnlyWorker(configurationSchema.parse({ ...base, tiers }), 'plan', 'other');
    assert.ok(only !== undefined);
    assert.deepEqual([attemptsPerWorker('plan', only), ladderOf('architect', 'plan', only).climbs], [4, false]);
  });

  it('has no reflex where the stage makes attempts, for it would stand before the worker', () => {
    const configuration = configurationSchema.parse(base);
    const reflex = { ...configuration.reflex, enabled: true };
    const isEnabled = (stage: ComparedStage) =>
      withOnlyWorker({ ...configuration, reflex }, stage, 'other')?.reflex.enabled;
    assert.deepEqual((['plan', 'implement', 'audit'] as const).map(isEnabled), [true, false, false]);
  });

  it('is none where each tier has another stage of its own', () => {
    const tiers = { S: { commands: ['specify'] }, M: { commands: ['tasks'] }, C: { commands: ['implement', 'plan'] } };
    assert.equal(chains({ tiers }, 'plan'), undefined);
    assert.notEqual(chains({ tiers }, 'specify'), undefined);
  });
});
