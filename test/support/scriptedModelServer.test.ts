import assert from 'node:assert/strict';
import { startScriptedModelServer, type Script, type ScriptedModelServer } from './scriptedModelServer.ts';

/*
 * The server is what all provider tests rest on. Here: the ways of it that no provider uses, and its own record.
 */

async function withServer(script: Script, work: (server: ScriptedModelServer) => Promise<void>): Promise<void> {
  const server = await startScriptedModelServer(script);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}

async function post(url: string, body: object): Promise<{ readonly status: number; readonly json: unknown }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, json: await response.json() };
}

describe('startScriptedModelServer', () => {
  const whole: readonly (readonly [path: string, find: (json: never) => unknown])[] = [
    [
      '/v1/chat/completions',
      (json: { choices: { message: { content: string } }[] }) => json.choices[0]?.message.content,
    ],
    ['/v1/responses', (json: { output: { content: { text: string }[] }[] }) => json.output[0]?.content[0]?.text],
    ['/v1/messages', (json: { content: { text: string }[] }) => json.content[0]?.text],
  ];
  for (const [path, find] of whole) {
    it(`answers ${path} whole when no stream is asked for`, () =>
      withServer([{ text: 'all at once' }], async (server) => {
        const { status, json } = await post(server.url + path, { model: 'm', messages: [] });
        assert.deepEqual([status, find(json as never)], [200, 'all at once']);
      }));
  }

  it('answers by a function of the request and keeps what it received', () =>
    withServer(
      ({ api, index }) => ({ text: `${api} ${index}` }),
      async (server) => {
        await post(`${server.url}/v1/chat/completions`, { model: 'a' });
        await post(`${server.url}/v1/messages`, { model: 'b' });
        await server.settled(2);
        assert.equal(server.count(), 2);
        assert.deepEqual(
          server.requests.map(({ api, body, closedByClientAt }) => ({ api, body, closedByClientAt })),
          [
            { api: 'chat', body: { model: 'a' }, closedByClientAt: undefined },
            { api: 'messages', body: { model: 'b' }, closedByClientAt: undefined },
          ],
        );
      },
    ));

  it('says that its script has ended', () =>
    withServer([], async (server) => {
      const { status, json } = await post(`${server.url}/v1/responses`, {});
      assert.deepEqual([status, json], [500, { error: { message: 'the script has no step 0' } }]);
    }));

  it('answers /health, and 404 elsewhere', () =>
    withServer([], async (server) => {
      const health = await fetch(`${server.url}/health`);
      assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }]);
      assert.equal((await post(`${server.url}/v1/other`, {})).status, 404);
      assert.equal(server.requests.length, 0);
    }));

  it('closes although a request hangs', async () => {
    const server = await startScriptedModelServer([{ fault: { kind: 'silence', at: 'beforeHeaders' } }]);
    const hanging = assert.rejects(fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{}' }));
    await server.received(1);
    await server.close();
    await hanging;
  });
});
