import type { Processes, ProcessOutcome } from '../../core/ports.ts';
import { unreachable } from '../../base/unreachable.ts';

/** One GPU as nvidia-smi tells it; what it does not tell is left out, never 0. */
export interface Gpu {
  readonly name: string;
  readonly usedMebibytes?: number;
  readonly totalMebibytes?: number;
  readonly utilisationPercent?: number;
  readonly celsius?: number;
}

/** The GPUs of this computer, or why there is nothing to tell of them. */
export type VramReading =
  | { readonly kind: 'gpus'; readonly gpus: readonly Gpu[] }
  | { readonly kind: 'none'; readonly why: string };

export interface VramOptions {
  /** The executable; found on the PATH, or where WSL keeps it, when left out. */
  readonly nvidiaSmi?: string;
  /** A folder that exists, to start it in. */
  readonly cwd: string;
}

/** The name comes last because it may hold commas. */
const FIELDS = 'memory.used,memory.total,utilization.gpu,temperature.gpu,name';
const DEADLINE_MS = 3_000;
const OUTPUT_CAP_BYTES = 16 * 1024;
/** More GPUs than this are not shown. */
const MOST_GPUS = 16;
/** WSL mounts the driver's tools here, which is on the PATH of login shells only. */
const USUAL_PLACES: readonly string[] = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'];

/** Reads the memory of the NVIDIA GPUs, once. Never throws for what the tool or the driver can do, and takes at most about three seconds. */
export async function readVram(processes: Processes, options: VramOptions, signal: AbortSignal): Promise<VramReading> {
  const places = options.nvidiaSmi === undefined ? USUAL_PLACES : [options.nvidiaSmi];
  for (const place of places) {
    const { outcome, output } = await processes.run(
      {
        command: { kind: 'argv', argv: [place, `--query-gpu=${FIELDS}`, '--format=csv,noheader,nounits'] },
        cwd: options.cwd,
        deadlineMs: DEADLINE_MS,
        outputCapBytes: OUTPUT_CAP_BYTES,
        environment: { LC_ALL: 'C' },
      },
      () => undefined,
      signal,
    );
    if (outcome.kind !== 'notFound') return readingOf(outcome, output);
  }
  const looked =
    options.nvidiaSmi === undefined ? 'nvidia-smi is not installed here' : `${options.nvidiaSmi} cannot be started`;
  return { kind: 'none', why: looked };
}

/**
 * The lines of `nvidia-smi --query-gpu=memory.used,memory.total,utilization.gpu,temperature.gpu,name --format=csv,noheader,nounits`: MiB, MiB,
 * percent, degrees Celsius, name. A value may be `[N/A]`, `[Not Supported]`, `[Unknown Error]` or `ERR!` and is left out then. Lines of another
 * form, as warnings are, are passed over: the format is not promised to stay.
 */
export function parseVram(output: string): readonly Gpu[] {
  return output
    .split('\n')
    .flatMap((line) => {
      const [used = '', total = '', utilisation = '', temperature = '', ...name] = line
        .split(',')
        .map((field) => field.trim());
      const fields = [used, total, utilisation, temperature];
      if (name.length === 0 || !fields.every((field) => VALUE.test(field))) return [];
      return [gpuOf(name.join(', '), fields.map(numberOf))];
    })
    .slice(0, MOST_GPUS);
}

const VALUE = /^(?:\d+(?:\.\d+)?|\[.*\]|ERR!|N\/A)$/;

function gpuOf(name: string, [used, total, utilisation, temperature]: readonly (number | undefined)[]): Gpu {
  return {
    name: name.slice(0, 100),
    ...(used !== undefined && { usedMebibytes: used }),
    ...(total !== undefined && { totalMebibytes: total }),
    ...(utilisation !== undefined && { utilisationPercent: utilisation }),
    ...(temperature !== undefined && { celsius: temperature }),
  };
}

function numberOf(field: string): number | undefined {
  return /^\d/.test(field) ? Number(field) : undefined;
}

/** Exit codes as nvidia-smi's manual page lists them, for those a person can do something about. */
const EXIT_WORDS: Readonly<Record<number, string>> = {
  4: 'nvidia-smi may not read the GPU: permission denied',
  9: 'the NVIDIA driver is not loaded',
  12: 'the NVIDIA library (NVML) was not found',
  15: 'the GPU has fallen off the bus',
};

function readingOf(outcome: Exclude<ProcessOutcome, { kind: 'notFound' }>, output: string): VramReading {
  switch (outcome.kind) {
    case 'exited': {
      const gpus = outcome.exitCode === 0 ? parseVram(output) : [];
      if (gpus.length > 0) return { kind: 'gpus', gpus };
      if (outcome.exitCode === 0) return { kind: 'none', why: 'nvidia-smi found no GPU' };
      const said = output.trim().split('\n')[0]?.slice(0, 200) ?? '';
      const words = EXIT_WORDS[outcome.exitCode] ?? (said === '' ? 'it said nothing' : said);
      return { kind: 'none', why: `${words} (nvidia-smi ended with ${outcome.exitCode})` };
    }
    case 'signalled':
      return { kind: 'none', why: `nvidia-smi was ended by ${outcome.signal}` };
    case 'deadline':
      return { kind: 'none', why: `nvidia-smi said nothing within ${outcome.afterMs / 1000} s` };
    case 'stopped':
      return { kind: 'none', why: 'the reading was stopped' };
    case 'limit':
    case 'unconfined':
      return { kind: 'none', why: outcome.message };
  }
  return unreachable(outcome);
}
