import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { startServer } from '../../src/app/reflexServer.ts';
import { createServices } from '../../src/app/services.ts';
import { hostOf } from '../support/projectApp.ts';
import { freePort } from '../support/standIn.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('a start of the local server whose watching process ends by itself', () => {
  for (const [what, program, said] of [
    ['with words', 'console.error("it broke"); process.exit(1);', '. It said:\nit broke'],
    ['without a word', 'process.exit(1);', ' and said nothing.'],
  ] as const)
    it(`tells so: ${what}`, async () => {
      using folder = temporaryFolder();
      for (const name of ['dist/cli', 'own/config']) mkdirSync(folder.join(name), { recursive: true });
      // In the place of our own program.
      writeFileSync(folder.join('dist/cli/main.js'), program);
      writeFileSync(
        folder.join('own/config/config.toml'),
        `[reflex_server]\ncommand = "python -m sglang.launch_server"\nurl = "http://127.0.0.1:${await freePort()}/v1"\n`,
      );
      const environment = { HOME: folder.path, SPECKIT_HOME: folder.join('own') };
      const services = createServices(hostOf({ root: folder.path, environment }, { installation: folder.path }));
      await assert.rejects(startServer(services, { onState: () => undefined }, new AbortController().signal), {
        message: `SpecKit's process that watches over the server ended by itself${said}\nThe server was ended with it. Start it again: \`speckit reflex start\``,
      });
    });
});
