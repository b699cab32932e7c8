import { spawn } from 'node:child_process';

/** A process from the call that starts it to its end: nothing of ours runs beside it. Throws when it exits otherwise than `exit`. */
export async function timed(
  words: readonly string[],
  options: { readonly cwd: string; readonly environment: Readonly<Record<string, string>>; readonly exit?: number },
): Promise<{ readonly start: number; readonly end: number }> {
  const [file = '', ...rest] = words;
  const now = (): number => performance.timeOrigin + performance.now();
  const start = now();
  const child = spawn(file, rest, { cwd: options.cwd, env: options.environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const { exit, end } = await new Promise<{ exit: number | null; end: number }>((resolve, reject) => {
    let end = 0;
    child.once('error', reject);
    child.once('exit', () => (end = now()));
    child.once('close', (code) => resolve({ exit: code, end }));
  });
  if (exit !== (options.exit ?? 0)) throw new Error(`${words.slice(0, 4).join(' ')} exited with ${exit}: ${said}`);
  return { start, end };
}
