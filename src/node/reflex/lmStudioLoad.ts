import { parsedJson } from '../../base/parsedJson.ts';
import { listMember, member, textMember } from '../models/looseJson.ts';

import type { AskText, LoadReading } from './loadReading.ts';

/** Models that are named. */
const MODELS_NAMED = 5;

/** LM Studio tells which models are in memory; speeds stand only in the answers of its own API, so all else is unknown. */
export async function readLmStudioLoad(ask: AskText): Promise<LoadReading> {
  const text = await ask('/api/v0/models');
  return text === undefined ? { load: {} } : parseListedModels(parsedJson(text));
}

/** GET /api/v0/models: `data: [{ id, state: 'loaded' | 'not-loaded', ... }]`, all that are on the disk (lmstudio.ai/docs/api/rest-api, "GET /api/v0/models"). */
export function parseListedModels(body: unknown): LoadReading {
  if (!Array.isArray(member(body, 'data'))) return { load: {} };
  return {
    load: {},
    loaded: listMember(body, 'data')
      .filter((model) => textMember(model, 'state') === 'loaded')
      .map((model) => (textMember(model, 'id') ?? '').slice(0, 200))
      .filter((id) => id !== '')
      .slice(0, MODELS_NAMED),
  };
}
