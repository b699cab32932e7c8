import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  LanguageModelChatMessage,
  LanguageModelError,
  LanguageModelTextPart,
  LanguageModelToolCallPart,
  lm,
  type LanguageModelChat,
} from 'vscode';
import { DRIVER } from '../driver/manifest.ts';
import { recordOf, SCRIPT_VARIABLE, type DriverScript } from '../driver/script.ts';

/** The parts of the answer to `hello` while the driver plays this script. */
async function answerTo(script: DriverScript, model: LanguageModelChat): Promise<readonly unknown[]> {
  writeFileSync(process.env[SCRIPT_VARIABLE] ?? '', JSON.stringify(script));
  const response = await model.sendRequest([LanguageModelChatMessage.User('hello')], {});
  const parts: unknown[] = [];
  for await (const part of response.stream) {
    if (part instanceof LanguageModelTextPart) parts.push(part.value);
    else if (part instanceof LanguageModelToolCallPart)
      parts.push({ id: part.callId, name: part.name, input: part.input });
    else parts.push('something else');
  }
  return parts;
}

describe("the editor's language models, by the driver", () => {
  let model: LanguageModelChat;

  it('are found by their vendor, whose extension sleeps until then', async () => {
    const models = await lm.selectChatModels({ vendor: DRIVER.contributes.languageModelChatProviders[0].vendor });
    assert.deepEqual(
      models.map(({ id }) => id),
      ['scripted'],
    );
    model = models[0] as LanguageModelChat;
  });

  it('stream text in pieces, and tool calls', async () => {
    const call = { id: 'c1', name: 'read_file', arguments: { path: 'a' } };
    assert.deepEqual(await answerTo({ answers: [{ text: 'One two', chunkSize: 4, toolCalls: [call] }] }, model), [
      'One ',
      'two',
      { id: 'c1', name: 'read_file', input: { path: 'a' } },
    ]);
  });

  it('tell of a failure in the stream', async () => {
    await assert.rejects(answerTo({ failure: 'Blocked' }, model), (problem) => {
      assert.ok(problem instanceof LanguageModelError);
      assert.equal(problem.code, 'Blocked');
      return true;
    });
  });

  it('can be asked what they were sent', () => {
    const requests = readFileSync(recordOf(process.env[SCRIPT_VARIABLE] ?? ''), 'utf8')
      .trim()
      .split('\n');
    assert.deepEqual(JSON.parse(requests[0] ?? ''), {
      model: 'scripted',
      messages: [{ role: 'user', parts: [{ kind: 'text', text: 'hello' }] }],
      tools: [],
      toolMode: 'auto',
      modelOptions: {},
    });
  });
});
