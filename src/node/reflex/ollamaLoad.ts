import { parsedJson } from '../../base/parsedJson.ts';
import { listMember, member, textMember } from '../models/looseJson.ts';

import type { AskText, LoadReading } from './loadReading.ts';

/** Models that are named. */
const MODELS_NAMED = 5;
const BYTES_A_GIBIBYTE = 1024 ** 3;

/** Ollama tells which models it holds and their memory; of requests, tokens and its cache it tells nothing, so all of that is unknown. */
export async function readOllamaLoad(ask: AskText): Promise<LoadReading> {
  const text = await ask('/api/ps');
  return text === undefined ? { load: {} } : parseLoadedModels(parsedJson(text));
}

/**
 * GET /api/ps: `models: [{ name, model, size_vram, ... }]`, bytes (github.com/ollama/ollama, docs/api.md, "List Running Models"). The memory is known only where
 * each model tells its own.
 */
export function parseLoadedModels(body: unknown): LoadReading {
  if (!Array.isArray(member(body, 'models'))) return { load: {} };
  const models = listMember(body, 'models');
  const bytes = models.map((model) => member(model, 'size_vram'));
  const known = bytes.filter((size) => typeof size === 'number').filter((size) => size >= 0);
  const gibibytes = known.reduce((total, size) => total + size, 0) / BYTES_A_GIBIBYTE;
  return {
    load: {},
    ...(known.length === models.length && { memoryGigabytes: gibibytes }),
    loaded: models
      .map((model) => (textMember(model, 'name') ?? textMember(model, 'model') ?? '').slice(0, 200))
      .filter((name) => name !== '')
      .slice(0, MODELS_NAMED),
  };
}
