import { createAnthropic } from '../../src/node/models/anthropic.ts';
import { createOpenAiChat } from '../../src/node/models/openaiChat.ts';
import { createOpenAiResponses } from '../../src/node/models/openaiResponses.ts';
import { GENEROUS, requestOf } from './providerHarness.ts';

/*
 * A program: calls each provider once, without a key, at the URL of its first argument. Tests run it with an environment of their own.
 */

const baseUrl = process.argv[2] ?? '';
const common = { baseUrl, model: 'm', extraBody: {}, timeouts: GENEROUS };
for (const provider of [
  createOpenAiChat({ ...common, structuredOutput: 'none' }),
  createOpenAiResponses(common),
  createAnthropic(common),
]) {
  await provider.call(requestOf(), () => undefined, new AbortController().signal);
}
