import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { createProcesses } from '../../../src/node/processes.ts';
import { parseVram, readVram, type Gpu, type VramOptions, type VramReading } from '../../../src/node/reflex/vram.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const check = (output: string, expected: readonly Gpu[]): void => assert.deepEqual(parseVram(output), expected);

const RTX = {
  name: 'NVIDIA GeForce RTX 5090',
  usedMebibytes: 14541,
  totalMebibytes: 32607,
  utilisationPercent: 37,
  celsius: 61,
  watts: 320.15,
  wattsLimit: 575,
};
const RTX_LINE = '14541, 32607, 37, 61, 320.15, 575.00, NVIDIA GeForce RTX 5090';

describe("nvidia-smi's answer", () => {
  it('is one line a GPU', () => check(`${RTX_LINE}\n`, [RTX]));
  it('keeps several GPUs in their order', () =>
    check(`${RTX_LINE}\n1, 143771, 0, 28, 75.12, 700.00, NVIDIA H200\n`, [
      RTX,
      {
        name: 'NVIDIA H200',
        usedMebibytes: 1,
        totalMebibytes: 143771,
        utilisationPercent: 0,
        celsius: 28,
        watts: 75.12,
        wattsLimit: 700,
      },
    ]));
  it('may hold commas in a name and carriage returns', () =>
    check('1, 2, 3, 4, 5.5, 6, Odd, Name\r\n', [
      {
        name: 'Odd, Name',
        usedMebibytes: 1,
        totalMebibytes: 2,
        utilisationPercent: 3,
        celsius: 4,
        watts: 5.5,
        wattsLimit: 6,
      },
    ]));
  for (const unknown of ['[N/A]', '[Not Supported]', '[Unknown Error]', '[Insufficient Permissions]', 'ERR!', 'N/A']) {
    it(`leaves out what it says ${unknown} to`, () =>
      check(`${unknown}, ${unknown}, 5, ${unknown}, ${unknown}, ${unknown}, NVIDIA GB10`, [
        { name: 'NVIDIA GB10', utilisationPercent: 5 },
      ]));
  }
  it('passes over what is no such line', () => {
    check('', []);
    check('No devices were found', []);
    check('Warning: infoROM is corrupted at gpu 0000:01:00.0\n14541 MiB, 32607 MiB, u, v, x, y, z', []);
    check(`WARNING: something, else, and, more, words, than, these\n${RTX_LINE}`, [RTX]);
    check('1, 2, 3, 4, 5, 6', []);
  });
  it('may leave out one value of one GPU', () =>
    check(`${RTX_LINE}\n10, 24564, 0, [N/A], [Unknown Error], 450.00, NVIDIA GeForce RTX 4090`, [
      RTX,
      {
        name: 'NVIDIA GeForce RTX 4090',
        usedMebibytes: 10,
        totalMebibytes: 24564,
        utilisationPercent: 0,
        wattsLimit: 450,
      },
    ]));
  it('may be about fewer fields', () =>
    assert.deepEqual(parseVram('14541, 32607, RTX', ['memory.used', 'memory.total']), [
      { name: 'RTX', usedMebibytes: 14541, totalMebibytes: 32607 },
    ]));
  it('is cut to 16 GPUs', () => assert.equal(parseVram(`${RTX_LINE}\n`.repeat(40)).length, 16));
});

/** Reads with a fake nvidia-smi first on the PATH, which runs this script. */
async function read(
  script: string | undefined,
  options: Partial<VramOptions> = {},
  signal = new AbortController().signal,
): Promise<VramReading> {
  using folder = temporaryFolder();
  if (script !== undefined) {
    writeFileSync(folder.join('nvidia-smi'), `#!/bin/sh\n${script}\n`);
    chmodSync(folder.join('nvidia-smi'), 0o755);
  }
  // Without a script the PATH is empty; with one it needs the shell's own tools as well.
  const searchPath = script === undefined ? folder.path : `${folder.path}:/usr/bin:/bin`;
  return await readVram(createProcesses({ PATH: searchPath }), { cwd: folder.path, ...options }, signal);
}

describe('reading the memory of the GPUs', () => {
  it('asks for exactly the fields it reads, in plain words', async () =>
    assert.deepEqual(
      await read(
        `[ "$LC_ALL" = C ] && [ "$*" = "--query-gpu=memory.used,memory.total,utilization.gpu,temperature.gpu,power.draw,power.limit,name --format=csv,noheader,nounits" ] && echo "${RTX_LINE}"`,
      ),
      { kind: 'gpus', gpus: [RTX] },
    ));

  const failures: readonly (readonly [script: string, why: string])[] = [
    ['echo "No devices were found"', 'nvidia-smi found no GPU'],
    ['echo "could not talk to the driver" >&2; exit 9', 'the NVIDIA driver is not loaded (nvidia-smi ended with 9)'],
    ['exit 4', 'nvidia-smi may not read the GPU: permission denied (nvidia-smi ended with 4)'],
    ['exit 12', 'the NVIDIA library (NVML) was not found (nvidia-smi ended with 12)'],
    ['exit 15', 'the GPU has fallen off the bus (nvidia-smi ended with 15)'],
    ['echo "Field is odd"; exit 2', 'Field is odd (nvidia-smi ended with 2)'],
    ['exit 255', 'it said nothing (nvidia-smi ended with 255)'],
    ['kill -9 $$', 'nvidia-smi was ended by SIGKILL'],
  ];
  for (const [script, why] of failures)
    it(`says why not: ${why}`, async () => assert.deepEqual(await read(script), { kind: 'none', why }));

  it('asks again without the field that a driver does not know, however many those are', async () =>
    assert.deepEqual(
      await read(`case "$1" in
*power.limit*) echo 'Field "power.limit" is not a valid field to query.'; exit 2;;
*temperature.gpu*) echo 'Field "temperature.gpu" is not a valid field to query.'; exit 2;;
--query-gpu=memory.used,memory.total,utilization.gpu,power.draw,name) echo "14541, 32607, 37, 320.15, RTX";;
esac`),
      {
        kind: 'gpus',
        gpus: [{ name: 'RTX', usedMebibytes: 14541, totalMebibytes: 32607, utilisationPercent: 37, watts: 320.15 }],
      },
    ));

  it('asks for the memory alone where a driver refuses without saying why', async () =>
    assert.deepEqual(await read('[ "$1" = --query-gpu=memory.used,memory.total,name ] && echo "1, 2, RTX" || exit 2'), {
      kind: 'gpus',
      gpus: [{ name: 'RTX', usedMebibytes: 1, totalMebibytes: 2 }],
    }));

  it('finds it in the second usual place, where WSL keeps it', async () => {
    using wsl = temporaryFolder();
    writeFileSync(wsl.join('nvidia-smi'), `#!/bin/sh\necho "${RTX_LINE}"\n`);
    chmodSync(wsl.join('nvidia-smi'), 0o755);
    assert.deepEqual(await read(undefined, { places: ['nvidia-smi', wsl.join('nvidia-smi')] }), {
      kind: 'gpus',
      gpus: [RTX],
    });
  });

  it('says when the executable a person named is not there', async () =>
    assert.deepEqual(await read('exit 0', { nvidiaSmi: '/nonexistent/smi' }), {
      kind: 'none',
      why: '/nonexistent/smi cannot be started',
    }));

  it('says when there is none', async () => {
    const reading = await read(undefined);
    // In WSL the second usual place has one, and then it is read.
    if (reading.kind === 'none') assert.equal(reading.why, 'nvidia-smi is not installed here');
  });

  it('waits three seconds for it and no longer', async () => {
    const started = performance.now();
    assert.deepEqual(await read('sleep 60'), { kind: 'none', why: 'nvidia-smi said nothing within 3 s' });
    assert.ok(performance.now() - started < 8_000);
  });

  it('stops with the signal', async () =>
    assert.deepEqual(await read('sleep 60', {}, AbortSignal.abort()), {
      kind: 'none',
      why: 'the reading was stopped',
    }));
});
