import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createReflexReader, type ReflexRequest } from '../../src/app/reflex.ts';
import { nextReflexState, type ReflexMemory } from '../../src/app/reflexState.ts';
import { nextTrend, type ReflexTrend } from '../../src/app/reflexTrend.ts';
import { createServices, type Host } from '../../src/app/services.ts';
import { presentReflex } from '../../src/extension/reflex/presentation.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { table } from './table.ts';

/*
 * What watching the local server costs: `npm run bench:monitor`, on Linux. The time of a processor that a reading takes, that of the processes it starts (git,
 * nvidia-smi) counted, and what that comes to with the usual five seconds between two readings in a window with the focus. Exits 1 above 0.5 % of one core.
 * nvidia-smi is a script here: the real one takes what its driver takes.
 */

const LIGHT = 120;
const WHOLE = 20;
const SECONDS_BETWEEN = 5;
const LIGHT_A_MINUTE = 60 / SECONDS_BETWEEN - 1;
const LIMIT_PERCENT = 0.5;
/** /proc counts in hundredths of a second. */
const TICK_MS = 10;

using folder = temporaryFolder();
const standIn = fork(new URL('monitorStandIn.ts', import.meta.url));
try {
  const [port] = (await once(standIn, 'message')) as [number];
  await makeRepository(folder.join('repository'), {
    'speckit.toml': `[reflex]\nenabled = true\nendpoint = "http://127.0.0.1:${port}/v1"\nmodel = "qwen"\n`,
  });
  const nvidiaSmi = folder.join('nvidia-smi');
  writeFileSync(nvidiaSmi, '#!/bin/sh\necho "14541, 32607, 37, 61, 320.15, 575.00, NVIDIA GeForce RTX 5090"\n');
  chmodSync(nvidiaSmi, 0o755);
  const host: Host = {
    folder: folder.join('repository'),
    installation: path.resolve(import.meta.dirname, '../..'),
    environment: { ...process.env, XDG_CONFIG_HOME: folder.join('config'), XDG_STATE_HOME: folder.join('state') },
    program: 'bench',
    person: 'bench',
    secret: () => Promise.resolve(undefined),
    provider: () => undefined,
    onEvent: () => undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
  const read = createReflexReader(createServices(host));
  let memory: ReflexMemory | undefined;
  let trend: ReflexTrend | undefined;
  const readOnce = async (request: ReflexRequest): Promise<void> => {
    const reading = await read({ ...request, nvidiaSmi }, host.signal);
    if (reading.kind !== 'read' || reading.health.kind !== 'answers') throw new Error(JSON.stringify(reading));
    memory = nextReflexState(memory, reading);
    trend = nextTrend(trend, reading, Date.now());
    presentReflex(reading, memory.state, trend);
  };
  const msOf = async (times: number, request: ReflexRequest): Promise<number> => {
    const before = processorMs();
    for (let index = 0; index < times; index += 1) await readOnce(request);
    return (processorMs() - before) / times;
  };
  // What is loaded and compiled once is no part of a reading.
  await msOf(10, { depth: 'light' });
  await msOf(2, { depth: 'whole', promotion: 'read' });
  const light = await msOf(LIGHT, { depth: 'light' });
  const whole = await msOf(WHOLE, { depth: 'whole', promotion: 'read' });
  const percent = ((light * LIGHT_A_MINUTE + whole) / 60_000) * 100;
  const rows = [
    ['a light reading', `${LIGHT}`, `${light.toFixed(1)} ms`, ''],
    ['a whole one, with the promotion', `${WHOLE}`, `${whole.toFixed(1)} ms`, ''],
    ['of one core, with the focus', '', `${percent.toFixed(2)} %`, `< ${LIMIT_PERCENT} %`],
  ];
  const isMissed = percent >= LIMIT_PERCENT;
  process.stdout.write(
    `${table(['what', 'times', 'processor', 'limit'], rows)}\n\n${isMissed ? 'The limit is passed.' : 'The limit holds.'}\n`,
  );
  process.exitCode = isMissed ? 1 : 0;
} finally {
  standIn.kill();
}

/** Of this process and of those it started that have ended; the stand-in has not. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  // Behind the name in brackets: cutime and cstime are the 16th and 17th member of /proc/self/stat.
  const members = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = Number(members[13]) + Number(members[14]);
  return (user + system) / 1_000 + ticks * TICK_MS;
}
