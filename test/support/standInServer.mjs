#!/usr/bin/env node
/*
 * Stands in for a model server, at the wire: a process that serves what SGLang serves (facts of its http_server.py: /health, /v1/models,
 * /get_server_info, /server_info) and misbehaves as it is told.
 *   --host, --port       where it listens
 *   --model-path, --served-model-name, --api-key
 *   --ready-after MS     opens its port so late (SGLang loads before it listens)
 *   --loading MS         answers 503 that long once the port is open (as llama.cpp does)
 *   --crash-after MS     ends with --exit-code (1) so long after its start
 *   --crash-times N      ... but only the first N starts, counted in --count-file
 *   --print TEXT         says this on stderr at the start
 *   --ignore-term        does not end on SIGTERM
 *   --child FILE         starts a child in a session of its own that stays, and writes its process id there
 *   --fill BYTES         prints so many bytes
 *   --plain              speaks something that is no model server's
 */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '30000' },
    'model-path': text,
    'served-model-name': text,
    'api-key': text,
    'ready-after': { type: 'string', default: '0' },
    loading: { type: 'string', default: '0' },
    'crash-after': text,
    'crash-times': { type: 'string', default: '1000' },
    'count-file': text,
    'exit-code': { type: 'string', default: '1' },
    print: { type: 'string', multiple: true, default: [] },
    'ignore-term': { type: 'boolean', default: false },
    child: text,
    fill: text,
    plain: { type: 'boolean', default: false },
  },
});

if (values['ignore-term']) process.on('SIGTERM', () => process.stderr.write('SIGTERM is not for me\n'));
for (const line of values.print) process.stderr.write(`${line}\n`);
if (values['api-key'] !== undefined) process.stderr.write(`server_args=ServerArgs(api_key='${values['api-key']}')\n`);
process.stdout.write(
  `cwd=${process.cwd()} hf=${process.env['HF_TOKEN'] ?? 'none'} anthropic=${process.env['ANTHROPIC_API_KEY'] ?? 'none'} cuda=${process.env['CUDA_VISIBLE_DEVICES'] ?? 'none'}\n`,
);
if (values.fill !== undefined) {
  for (let left = Number(values.fill); left > 0; left -= 100) process.stdout.write(`${String(left).padEnd(99, '.')}\n`);
}
if (values.child !== undefined) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); process.on("SIGTERM", () => {})'], {
    detached: true,
    stdio: 'ignore',
  });
  writeFileSync(values.child, String(child.pid));
}

if (values['crash-after'] !== undefined && isToCrash())
  setTimeout(() => {
    process.stderr.write('Received sigquit from a child process. It usually means the child failed.\n');
    process.exit(Number(values['exit-code']));
  }, Number(values['crash-after']));

function isToCrash() {
  const file = values['count-file'];
  if (file === undefined) return true;
  appendFileSync(file, 'x');
  return readFileSync(file, 'utf8').length <= Number(values['crash-times']);
}

setTimeout(listen, Number(values['ready-after']));

function listen() {
  const openedAt = Date.now();
  const id = values['served-model-name'] ?? values['model-path'] ?? 'qwen2.5-coder-7b-instruct';
  const json = (response, body) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    if (values.plain) return response.end('<html>It works!</html>');
    if (Date.now() - openedAt < Number(values.loading)) {
      response.statusCode = 503;
      return response.end();
    }
    if (values['api-key'] !== undefined && request.headers.authorization !== `Bearer ${values['api-key']}`) {
      response.statusCode = 401;
      return json(response, { error: 'Unauthorized' });
    }
    const path = (request.url ?? '').split('?')[0];
    if (path === '/health' || path === '/health_generate') return response.end();
    if (path === '/v1/models')
      return json(response, {
        object: 'list',
        data: [
          {
            id,
            object: 'model',
            created: 1763000000,
            owned_by: 'sglang',
            root: id,
            parent: null,
            max_model_len: 32768,
          },
        ],
      });
    if (path === '/server_info' || path === '/get_server_info')
      return json(response, { model_path: id, context_length: 32768, version: '0.5.23', internal_states: [] });
    response.statusCode = 404;
    return json(response, { detail: 'Not Found' });
  });
  server.on('error', (error) => {
    process.stderr.write(
      `ERROR:    [Errno 98] error while attempting to bind on address ('${values.host}', ${values.port}): address already in use\n`,
    );
    process.exit(error.code === 'EADDRINUSE' ? 1 : 2);
  });
  server.listen(Number(values.port), values.host, () =>
    process.stderr.write('INFO:     Application startup complete.\nThe server is fired up and ready to roll!\n'),
  );
}
