#!/usr/bin/env node
import * as nodeModule from 'node:module';

/** The major version of Node.js the bundle is made for (it keeps `using`, and the ledger needs node:sqlite). */
const NEEDED = 24;
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `speckit: Node.js ${NEEDED} or newer is needed; this is ${process.version}. In a clone of SpecKit \`npm ci\` brings one: npm exec -- speckit …\n`,
  );
  process.exit(4);
}
nodeModule.enableCompileCache?.();
// Whoever reads our output may stop reading (`speckit show RUN | head`): that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  if (words.includes('new')) {
    const { runShortCommand } = await import('./short.ts');
    const exit = await runShortCommand(words);
    if (exit !== undefined) return exit;
  }
  const { runCommandLine } = await import('./program.ts');
  return runCommandLine(words);
}
