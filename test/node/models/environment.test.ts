import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withServer } from '../../support/providerHarness.ts';

const PROGRAM = new URL('../../support/callEveryProvider.ts', import.meta.url).pathname;

/** Variables that the SDKs read when they are not told otherwise. */
const ENVIRONMENT = {
  OPENAI_API_KEY: 'leak-1',
  OPENAI_ADMIN_KEY: 'leak-2',
  OPENAI_ORG_ID: 'leak-3',
  OPENAI_PROJECT_ID: 'leak-4',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/leak-5',
  ANTHROPIC_API_KEY: 'leak-6',
  ANTHROPIC_AUTH_TOKEN: 'leak-7',
  ANTHROPIC_BASE_URL: 'http://127.0.0.1:9/leak-8',
  OPENAI_LOG: 'debug',
  ANTHROPIC_LOG: 'debug',
};

describe('the environment', () => {
  it('reaches no server and no output of a provider that was given a URL and no key', () =>
    withServer(
      () => ({ text: 'x' }),
      async (server) => {
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, server.url], {
          env: ENVIRONMENT,
        });
        assert.deepEqual(
          server.requests.map(({ api }) => api),
          ['chat', 'responses', 'messages'],
        );
        assert.ok(!JSON.stringify(server.requests).includes('leak'));
        assert.deepEqual({ stdout, stderr }, { stdout: '', stderr: '' });
      },
    ));
});
