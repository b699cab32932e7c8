/** What a GPU can do with a model, as far as flags depend on it. `older` has no FP8. */
export type Architecture = 'sm120' | 'sm100' | 'sm90' | 'sm89' | 'older' | 'unknown';

/** A GPU as the planner sees it. */
export interface Card {
  readonly name: string;
  /** GiB, as it is sold and as nvidia-smi tells it, rounded. */
  readonly gibibytes: number;
  readonly architecture: Architecture;
}

interface KnownCard {
  readonly id: string;
  readonly name: string;
  readonly gibibytes: number;
  readonly architecture: Architecture;
}

/** Compute capabilities from developer.nvidia.com/cuda-gpus. The first is what is planned for when nothing else is known. */
export const CARDS: readonly [KnownCard, ...KnownCard[]] = [
  { id: 'rtx-5090', name: 'RTX 5090', gibibytes: 32, architecture: 'sm120' },
  { id: 'rtx-5080', name: 'RTX 5080', gibibytes: 16, architecture: 'sm120' },
  { id: 'rtx-pro-6000', name: 'RTX PRO 6000 Blackwell', gibibytes: 96, architecture: 'sm120' },
  { id: 'rtx-4090', name: 'RTX 4090', gibibytes: 24, architecture: 'sm89' },
  { id: 'rtx-3090', name: 'RTX 3090', gibibytes: 24, architecture: 'older' },
  { id: 'h100', name: 'H100', gibibytes: 80, architecture: 'sm90' },
  { id: 'b200', name: 'B200', gibibytes: 180, architecture: 'sm100' },
];

/** The card of an id, in any case. */
export function knownCard(id: string): Card | undefined {
  return CARDS.find((card) => card.id === id.toLowerCase());
}

/** By the name that nvidia-smi gives: the first row that fits. */
const NAMES: readonly (readonly [pattern: RegExp, architecture: Architecture])[] = [
  [/RTX PRO \d+ .*Blackwell|RTX (?:50\d0|PRO 6000)|GB10\b/, 'sm120'],
  [/\bG?B[23]00\b/, 'sm100'],
  [/\bG?H(?:100|200|20|800)\b/, 'sm90'],
  [/RTX 40\d0|RTX \d000 Ada|\bL(?:4|40|40S)\b/, 'sm89'],
  [/RTX (?:30|20)\d0|\bA(?:10|10G|16|30|40|100)\b|RTX A\d000|\bT4\b|\bV100\b|GTX /, 'older'],
];

/** A card of this computer, from its name and its memory in MiB. */
export function cardOf(name: string, totalMebibytes: number): Card {
  const architecture = NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown';
  return {
    name: name.replace(/^NVIDIA (?:GeForce )?/, ''),
    gibibytes: Math.round(totalMebibytes / 1024),
    architecture,
  };
}

/**
 * GiB of a card that programs can have: driver and error correction take the rest. Of an RTX 5090 with 32 it is 31.4 (vllm-project/recipes, in
 * models-and-servers 1.6); other cards are reckoned in proportion.
 */
export function usableGibibytes(card: Card): number {
  return (card.gibibytes * 31.4) / 32;
}

/** Whether weights or a KV cache in FP8 are computed with on it (from Ada on). What is not known is not counted on. */
export function hasFp8({ architecture }: Card): boolean {
  return architecture !== 'older' && architecture !== 'unknown';
}

/** Whether it computes in 4-bit floats (Blackwell). */
export function hasFp4({ architecture }: Card): boolean {
  return architecture === 'sm120' || architecture === 'sm100';
}
