import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SETTINGS } from '../src/extension/contributions/settings.ts';
import { ACTIVATION, contributions } from '../src/extension/manifest.ts';

const file = path.resolve(import.meta.dirname, '../package.json');
const read = (): Record<string, unknown> & { contributes?: unknown } =>
  JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** Every id in the contributions, however deep: commands, views, settings, and of a `when` the words that begin like ours. */
function idsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(['command', 'id', 'viewType', 'language'].includes(key) && typeof member === 'string' ? [member] : []),
    ...(key === 'when' && typeof member === 'string' ? (member.match(/\bspeckit[\w-]*/gi) ?? []) : []),
    ...(key === 'properties' && member !== null && typeof member === 'object' ? Object.keys(member) : []),
    ...idsIn(member),
  ]);
}

describe('the manifest', () => {
  it('contributes exactly what the code declares', () => {
    const manifest = read();
    if (process.env['UPDATE'] === '1')
      writeFileSync(
        file,
        `${JSON.stringify({ ...manifest, activationEvents: ACTIVATION, contributes: contributions() }, null, 2)}\n`,
      );
    assert.deepEqual(read().contributes, contributions());
  });

  it('uses no id that another extension could use', () => {
    const foreign = idsIn(contributions()).filter((id) => !id.startsWith('speckitAuto'));
    assert.deepEqual(foreign, []);
  });

  it('wakes for a view, a command, a tab of its own, or a workspace that holds specs, and for nothing else', () => {
    assert.deepEqual(read()['activationEvents'], ACTIVATION);
  });

  it('shows, in a workspace that is not trusted, and lets no workspace name an executable, a path or an address', () => {
    const { capabilities } = read() as {
      readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: string } };
    };
    assert.equal(capabilities.untrustedWorkspaces.supported, 'limited');
    const settings: readonly (readonly [
      string,
      { readonly type: string; readonly enum?: unknown; readonly scope: string },
    ])[] = SETTINGS.flatMap(({ properties }) => Object.entries(properties));
    assert.ok(settings.length > 0);
    // Free text could name anything; a choice, a number and a switch cannot.
    const open = settings.filter(
      ([, { type, enum: choices }]) => !['boolean', 'number', 'integer'].includes(type) && choices === undefined,
    );
    assert.ok(
      open.some(([name]) => name === 'speckitAuto.reflex.nvidiaSmi'),
      'there is one',
    );
    assert.deepEqual(
      open.filter(([, { scope }]) => scope !== 'machine').map(([name]) => name),
      [],
    );
  });

  it('asks for no proposed API', () => {
    assert.equal('enabledApiProposals' in read(), false);
  });
});
