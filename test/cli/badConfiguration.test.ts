import assert from 'node:assert/strict';
import { commandLine } from '../support/commandLine.ts';
import { makeRepository, type FileSeed } from '../support/gitRepository.ts';
import { checkMessage } from '../support/message.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** A speckit.toml with a mistake, and where the message has to say that it stands. */
interface BadConfiguration {
  readonly name: string;
  readonly toml: FileSeed;
  readonly at?: RegExp;
}

const configurations: readonly BadConfiguration[] = [
  { name: 'toml-that-cannot-be-parsed', toml: '[budget]\nrun_dollars = \n', at: /speckit\.toml:2:\d+/ },
  { name: 'a-key-that-is-unknown', toml: '[budget]\nrun_dolars = 2\n', at: /speckit\.toml:2:1/ },
  { name: 'a-table-that-is-unknown', toml: '[bugdet]\nrun_dollars = 2\n', at: /speckit\.toml:1:/ },
  { name: 'a-value-of-the-wrong-kind', toml: '[budget]\n\nrun_dollars = "two"\n', at: /speckit\.toml:3:/ },
  {
    name: 'several-mistakes-at-once',
    toml: '[budget]\nrun_dollars = -1\n[gates]\nmin_confidence = 2\n',
    at: /speckit\.toml:2:[\s\S]*speckit\.toml:4:/,
  },
  {
    name: 'a-provider-that-is-unknown',
    toml: '[workers.a]\nprovider = "openapi"\nmodel = "m"\n',
    at: /speckit\.toml:2:/,
  },
  {
    name: 'a-key-written-into-the-file',
    toml: '[workers.a]\nprovider = "anthropic"\nmodel = "m"\napi_key = "sk-1"\n',
    at: /speckit\.toml:4:/,
  },
  { name: 'speckit-toml-that-is-no-text', toml: Uint8Array.of(0x5b, 0xff, 0xfe, 0x5d) },
];

describe('a configuration with a mistake', () => {
  for (const { name, toml, at } of configurations) {
    it(`is explained, with where it stands: ${name.replaceAll('-', ' ')}`, async () => {
      const words = ['auto', 'SPEC-001'];
      using folder = temporaryFolder();
      const root = folder.join('repository');
      await makeRepository(root, { 'specs/SPEC-001-greeting/spec.md': '# Greeting\n', 'speckit.toml': toml });
      const result = await commandLine({ cwd: root, home: folder.path }, ...words);
      checkMessage(name, {
        words,
        result,
        hide: [
          [root, '<repository>'],
          [folder.path, '<folder>'],
        ],
      });
      if (at !== undefined) assert.match(result.stderr, at);
      assert.equal(result.exit, 4);
    });
  }
});
