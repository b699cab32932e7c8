import { z } from 'zod';

/** `[reflex]`: a local server that makes the first attempts at a task, what becomes of its failures, and what its bake-off has to find. */
export const reflexSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'whether the first attempts at a task go to the local server below, once its bake-off has passed; false takes effect at the next decision, of a run under way too',
      ),
    endpoint: z
      .url()
      .default('http://127.0.0.1:3009/v1')
      .describe('where the server is; a repository may name this machine alone, or what you trust'),
    model: z.string().min(1).default('qwen2.5-coder-7b-instruct').describe("the model's id as the server lists it"),
    timeout_ms: z
      .int()
      .min(50)
      .max(600_000)
      .default(1_500)
      .describe('longest wait for the first token, in milliseconds'),
    json_schema: z
      .boolean()
      .default(true)
      .describe('whether the server constrains answers to a JSON schema; they are checked in any case'),
    fallback: z
      .strictObject({
        to_cloud: z
          .boolean()
          .default(true)
          .describe('false: a run stops where the server cannot be used, instead of going to routing.implementer'),
        max_failures: z
          .int()
          .min(1)
          .max(100)
          .default(3)
          .describe('calls in a row without an answer, after which it is left alone until it is found healthy again'),
      })
      .prefault({})
      .describe('what happens when the server does not answer; failing tests count on the ladder instead'),
    thresholds: z
      .strictObject({
        p95_latency_ms: z
          .number()
          .positive()
          .default(2_000)
          .describe('95 % of its answers have to be whole sooner than this, in milliseconds'),
        success_parity_percent: z
          .number()
          .min(0)
          .max(100)
          .default(85)
          .describe("share of the cloud implementer's successes that it has to reach"),
        json_schema_compliance_percent: z
          .number()
          .min(0)
          .max(100)
          .default(100)
          .describe('share of its answers that have to be of the schema'),
      })
      .prefault({})
      .describe('what a bake-off has to find before the server is used'),
  })
  .prefault({})
  .describe('a local server for the first attempts of the implementer, as the worker `reflex`');
