import assert from 'node:assert/strict';
import { runReflex } from '../../../src/cli/commands/reflex.ts';
import { COMMAND_OF_VERB, inEditorWords } from '../../../src/extension/engine/editorWords.ts';
import { COMMANDS } from '../../../src/extension/manifest.ts';
import { REVIEW_COMMANDS } from '../../../src/extension/review/contributions.ts';

function check(text: string, expected: string): void {
  assert.equal(inEditorWords(text), expected);
}

describe("the core's words in the editor", () => {
  it('name what is pressed here', () => {
    check('`speckit resume 2026-1` goes on with it.', '"SpecKit: Continue Run" goes on with it.');
    check(
      '`speckit doctor` shows it, `speckit init` writes it.',
      '"SpecKit: What Was Found" shows it, "SpecKit: Set Up" writes it.',
    );
    check('`speckit reject RUN --why TEXT` sends it back.', '"SpecKit: Reject Proposal..." sends it back.');
  });

  it('are left alone where no command does the same', () => {
    check('`speckit export RUN` shows it; speckit.toml too.', '`speckit export RUN` shows it; speckit.toml too.');
  });

  it('name commands that there are', () => {
    const titles = Object.values({ ...COMMANDS, ...REVIEW_COMMANDS }).map(({ title }) => `SpecKit: ${title}`);
    const unknown = Object.values(COMMAND_OF_VERB).filter((title) => !titles.includes(title));
    assert.deepEqual(unknown, []);
  });

  it('know each verb of `speckit reflex`, by its own word but for the status, which would stand before SpecKit: Status', async () => {
    const usage = await runReflex(undefined as never, ['?'], {}).catch(String);
    const verbs = /reflex ([a-z|]+)$/.exec(String(usage))?.[1]?.split('|') ?? [];
    assert.ok(verbs.length >= 9, String(usage));
    const wrong = verbs.filter((verb) => {
      const title = (COMMAND_OF_VERB as Readonly<Record<string, string>>)[`reflex ${verb}`] ?? '';
      // `logs` is `Log` there, `bakeoff` is `Bake-Off`.
      if (verb === 'status') return title !== 'SpecKit: Show Local Server';
      return !title.toLowerCase().replaceAll('-', '').includes(verb.replace(/s$/, ''));
    });
    assert.deepEqual(wrong, []);
  });
});
