#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseApiKeys } from '../src/apiKeys.js';
import { systemClock } from '../src/clock.js';
import { createService } from '../src/server.js';
import { readSettings } from '../src/settings.js';
import { createNoteStore } from '../src/store.js';

try {
  const settings = readSettings(process.env);
  const service = createService({
    apiKeys: parseApiKeys(readFileSync(settings.keysFile, 'utf8')),
    store: createNoteStore(systemClock()),
    maxBodyBytes: settings.maxBodyBytes,
    onError: (error) => console.error(error),
  });
  service.listen(settings.port, settings.host, () => {
    console.log(`notes-service listens on ${settings.host}:${service.address().port}`);
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
