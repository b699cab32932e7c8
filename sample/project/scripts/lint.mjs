import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkFiles } from './lintRules.mjs';

const FOLDERS = ['bin', 'docs', 'scripts', 'src', 'test', 'testing'];
const root = fileURLToPath(new URL('..', import.meta.url));

const paths = FOLDERS.filter((folder) => existsSync(`${root}${folder}`))
  .flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`),
  )
  .map((path) => path.slice(root.length).replaceAll('\\', '/'))
  .filter((path) => /\.(m?js|md)$/.test(path));

const problems = checkFiles(paths.map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') })));
for (const { path, line, rule, message } of problems) console.log(`${path}:${line} ${rule}: ${message}`);
console.log(problems.length === 0 ? `${paths.length} files, no problems` : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
