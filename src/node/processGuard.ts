import { spawn, type ChildProcess } from 'node:child_process';
import { MARK, markOf } from './markedProcesses.ts';

/** Is told which process groups of ours live, and ends them when we die without a word. */
export interface ProcessGuard {
  /** Starts the guard, so that `add` right after a group's start takes no time: what is not added yet is not ended. */
  prepare(): void;
  /** `folder` is the one the group's command runs in. */
  add(groupId: number, folder: string): void;
  /** Only for a group that was added. */
  delete(groupId: number): void;
}

/**
 * POSIX sh. Reads `add N`, `delete N` and `mark TEXT`; at the end of its input, which is our end, it ends the groups still alive, and what bears
 * the last mark (see markedProcesses.ts; a grep without -z ends nothing).
 */
const script = `
live=' ' mark=''
while read -r verb group; do
  case $verb in
    add) live="$live$group " ;;
    delete) live="\${live%% $group *} \${live#* $group }" ;;
    mark) mark=$group ;;
  esac
done
sweep() {
  [ -n "$mark" ] || return
  for file in $(grep -lzxF -- "${MARK}=$mark" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -s KILL "\${pid%/environ}"
  done
}
set -- $live
[ $# -eq 0 ] && { sweep; exit; }
for group do kill -s TERM -- "-$group"; done
sleep 1
for group do kill -s KILL -- "-$group"; done
sweep
`;

/**
 * A guard for this process: a shell that holds the other end of a pipe, started with the first group. Whatever ends us closes the pipe,
 * SIGKILL too, so that no command outlives the run it belongs to by more than a second. Best effort: where no shell can be started,
 * commands run unguarded. On Windows it does nothing.
 */
export function createProcessGuard(): ProcessGuard {
  let guard: ChildProcess | undefined;
  const prepare = (): void => {
    if (process.platform !== 'win32') guard ??= startGuard();
  };
  const tell = (line: string): void => {
    prepare();
    if (guard?.stdin?.writable) guard.stdin.write(`${line}\n`);
  };
  return {
    prepare,
    add: (groupId, folder) => tell(`add ${groupId}\nmark ${markOf(folder)}`),
    delete: (groupId) => tell(`delete ${groupId}`),
  };
}

function startGuard(): ChildProcess {
  // In a session of its own, a Ctrl-C at the terminal does not end the guard before us.
  const child = spawn('/bin/sh', ['-c', script], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return child;
}
