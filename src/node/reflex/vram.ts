import type { Processes, ProcessOutcome } from '../../core/ports.ts';
import { unreachable } from '../../base/unreachable.ts';

/** One GPU as nvidia-smi tells it; what it does not tell is left out, never 0. */
export interface Gpu {
  readonly name: string;
  readonly usedMebibytes?: number;
  readonly totalMebibytes?: number;
  readonly utilisationPercent?: number;
  readonly celsius?: number;
  readonly watts?: number;
  /** Watts it may draw. */
  readonly wattsLimit?: number;
}

/** The GPUs of this computer, or why there is nothing to tell of them. */
export type VramReading =
  | { readonly kind: 'gpus'; readonly gpus: readonly Gpu[] }
  | { readonly kind: 'none'; readonly why: string };

export interface VramOptions {
  /** The executable; found on the PATH, or where WSL keeps it, when left out. */
  readonly nvidiaSmi?: string;
  /** Where it is looked for when none is named, in this order: the PATH and WSL's own place when left out. */
  readonly places?: readonly string[];
  /** A folder that exists, to start it in. */
  readonly cwd: string;
}

/** What is asked for, as nvidia-smi calls it, and what it is here. MiB, MiB, percent, degrees Celsius, watts, watts. */
const FIELDS = {
  'memory.used': 'usedMebibytes',
  'memory.total': 'totalMebibytes',
  'utilization.gpu': 'utilisationPercent',
  'temperature.gpu': 'celsius',
  'power.draw': 'watts',
  'power.limit': 'wattsLimit',
} as const satisfies Readonly<Record<string, Exclude<keyof Gpu, 'name'>>>;

export type GpuField = keyof typeof FIELDS;
export const GPU_FIELDS: readonly GpuField[] = [
  'memory.used',
  'memory.total',
  'utilization.gpu',
  'temperature.gpu',
  'power.draw',
  'power.limit',
];
/** Asked where a driver does not know all of them and does not say which. */
const LEAST_FIELDS: readonly GpuField[] = ['memory.used', 'memory.total'];
/** Times that it is asked, with fewer fields each time. */
const MOST_TRIES = 3;
const DEADLINE_MS = 3_000;
const OUTPUT_CAP_BYTES = 16 * 1024;
/** More GPUs than this are not shown. */
const MOST_GPUS = 16;
/** WSL mounts the driver's tools here, which is on the PATH of login shells only. */
const USUAL_PLACES: readonly string[] = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'];

/**
 * Reads the NVIDIA GPUs, once: memory, temperature, power. A driver that no longer knows a field refuses the whole question (exit code 2): it is asked again
 * without that field. Never throws for what the tool or the driver can do, and takes at most about three seconds where the tool hangs.
 */
export async function readVram(processes: Processes, options: VramOptions, signal: AbortSignal): Promise<VramReading> {
  const places = options.nvidiaSmi === undefined ? (options.places ?? USUAL_PLACES) : [options.nvidiaSmi];
  for (const place of places) {
    let fields = GPU_FIELDS;
    for (let tries = 1; ; tries += 1) {
      const { outcome, output } = await ask(processes, { place, fields, cwd: options.cwd }, signal);
      if (outcome.kind === 'notFound') break;
      const fewer = outcome.kind === 'exited' && outcome.exitCode === 2 ? fieldsLeft(fields, output) : fields;
      if (fewer.length === fields.length || tries === MOST_TRIES) return readingOf(outcome, output, fields);
      fields = fewer;
    }
  }
  const looked =
    options.nvidiaSmi === undefined ? 'nvidia-smi is not installed here' : `${options.nvidiaSmi} cannot be started`;
  return { kind: 'none', why: looked };
}

interface Asked {
  readonly place: string;
  readonly fields: readonly GpuField[];
  readonly cwd: string;
}

/** The name comes last because it may hold commas. */
function ask(processes: Processes, { place, fields, cwd }: Asked, signal: AbortSignal): ReturnType<Processes['run']> {
  return processes.run(
    {
      command: {
        kind: 'argv',
        argv: [place, `--query-gpu=${[...fields, 'name'].join(',')}`, '--format=csv,noheader,nounits'],
      },
      cwd,
      deadlineMs: DEADLINE_MS,
      outputCapBytes: OUTPUT_CAP_BYTES,
      environment: { LC_ALL: 'C' },
    },
    () => undefined,
    signal,
  );
}

/** What can still be asked after `Field "power.limit" is not a valid field to query.`; the least where it names none of ours. */
function fieldsLeft(fields: readonly GpuField[], output: string): readonly GpuField[] {
  const refused = [...output.matchAll(/Field "([^"]{1,60})" is not a valid field/g)].map(([, name]) => name);
  const left = fields.filter((field) => !refused.includes(field));
  return left.length < fields.length ? left : LEAST_FIELDS.filter((field) => fields.includes(field));
}

/**
 * The lines of `nvidia-smi --query-gpu=<fields>,name --format=csv,noheader,nounits`. A value may be `[N/A]`, `[Not Supported]`, `[Unknown Error]` or `ERR!` and
 * is left out then. Lines of another form, as warnings are, are passed over: the format is not promised to stay.
 */
export function parseVram(output: string, asked: readonly GpuField[] = GPU_FIELDS): readonly Gpu[] {
  return output
    .split('\n')
    .flatMap((line) => {
      const words = line.split(',').map((word) => word.trim());
      const [values, name] = [words.slice(0, asked.length), words.slice(asked.length)];
      if (name.length === 0 || !values.every((value) => VALUE.test(value))) return [];
      return [gpuOf(name.join(', '), values, asked)];
    })
    .slice(0, MOST_GPUS);
}

const VALUE = /^(?:\d+(?:\.\d+)?|\[.*\]|ERR!|N\/A)$/;

function gpuOf(name: string, values: readonly string[], asked: readonly GpuField[]): Gpu {
  const known = asked.flatMap((field, index) => {
    const value = values[index] ?? '';
    return /^\d/.test(value) ? [[FIELDS[field], Number(value)] as const] : [];
  });
  return { name: name.slice(0, 100), ...Object.fromEntries(known) };
}

/** Exit codes as nvidia-smi's manual page lists them, for those a person can do something about. */
const EXIT_WORDS: Readonly<Record<number, string>> = {
  4: 'nvidia-smi may not read the GPU: permission denied',
  9: 'the NVIDIA driver is not loaded',
  12: 'the NVIDIA library (NVML) was not found',
  15: 'the GPU has fallen off the bus',
};

function readingOf(
  outcome: Exclude<ProcessOutcome, { kind: 'notFound' }>,
  output: string,
  asked: readonly GpuField[],
): VramReading {
  switch (outcome.kind) {
    case 'exited': {
      const gpus = outcome.exitCode === 0 ? parseVram(output, asked) : [];
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
