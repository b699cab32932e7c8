#!/usr/bin/env node
/** The major version of Node.js the bundle is made for (it keeps `using`, and the ledger needs node:sqlite). */
const NEEDED = 24;
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `speckit: Node.js ${NEEDED} or newer is needed; this is ${process.version}. In a clone of SpecKit \`npm ci\` brings one: npm exec -- speckit …\n`,
  );
  process.exit(4);
}
process.getBuiltinModule('node:module').enableCompileCache();
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
