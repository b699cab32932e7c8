import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessOutcome } from '../../src/core/ports.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { sandboxBench, SECRET, thisSandbox, type SandboxBench } from '../support/sandboxBench.ts';

/*
 * The real bubblewrap. What is shown here would be false if a command that wants to could read a secret, change a file, reach a server or leave a
 * process behind. Everything a command does is bounded, so that a failing test harms nothing.
 */

const exited = (exitCode: number): ProcessOutcome => ({ kind: 'exited', exitCode });

/** Runs a line; fails when a secret is in what it printed. */
async function run(bench: SandboxBench, line: string, options: Parameters<SandboxBench['run']>[1] = {}) {
  const result = await bench.run(line, options);
  assert.equal(result.sandbox, 'bubblewrap', result.output);
  assert.ok(!result.output.includes(SECRET), result.output);
  return result;
}

/** Everything below a folder as path and text, for comparing. */
function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return Object.fromEntries(
    files.map((entry) => {
      const file = `${entry.parentPath}/${entry.name}`;
      return [file, entry.isSymbolicLink() ? readlinkSync(file) : readFileSync(file, 'utf8')];
    }),
  );
}

describe('a command in the sandbox', () => {
  it('works in its tree as at the place of the repository', async () => {
    using bench = sandboxBench();
    const { outcome, output } = await run(
      bench,
      'pwd; cat file.txt; echo new > made.txt; ls ~/.cache/pip; git --version',
    );
    assert.deepEqual(outcome, exited(0), output);
    assert.match(output, new RegExp(`^${bench.root}\nof the tree\nmarker\ngit version`));
    assert.equal(readFileSync(`${bench.tree}/made.txt`, 'utf8'), 'new\n');
    assert.ok(!existsSync(`${bench.root}/made.txt`));
  });

  it('finds the tools that the PATH leads to, wherever they are installed', async () => {
    using bench = sandboxBench();
    const { output } = await run(
      bench,
      'node --version; npm --version; python3 -c "print(1 + 1)"; cc --version | head -1',
    );
    assert.match(output, /^v24[\s\S]*\n\d+\.\d+\.\d+\n2\n.*\d/, output);
  });

  it('gets a few variables that say where its tools are, and none that says more', async () => {
    using bench = sandboxBench();
    const { output } = await run(
      bench,
      'env | sed "s/=.*//" | sort | tr "\\n" " "; cat /proc/self/environ /proc/1/environ',
    );
    assert.match(output, /^CI FORCE_COLOR HOME LANG NO_COLOR PATH PWD TMPDIR /);
  });

  const READS: readonly (readonly [name: string, line: string])[] = [
    ['a private key', 'cat ~/.ssh/id_ed25519'],
    ['tokens in the home folder', 'cat ~/.npmrc ~/.config/gh/hosts.yml ~/.cargo/credentials.toml'],
    ['another repository', 'cat ../sibling/.env'],
    ["the user's own files of this repository", 'cat .env secret.txt'],
    ['the hashes of passwords', 'cat /etc/shadow'],
    ['another process', 'cat /proc/[0-9]*/environ | tr "\\0" "\\n" | grep PLANTED'],
    ['the state of other runs', 'ls ../../../state/run-1 /srv /root/.ssh /var/lib /home/*/.ssh /media /mnt'],
    ['a link of its own making', 'ln -s /etc/shadow s; ln -s ../sibling/.env e; cat s e'],
  ];
  for (const [name, line] of READS) {
    it(`does not read ${name}`, async () => {
      using bench = sandboxBench();
      const { outcome, output } = await run(bench, line);
      assert.equal(outcome.kind === 'exited' && outcome.exitCode !== 0, true, output);
    });
  }

  const WRITES: readonly (readonly [name: string, line: string])[] = [
    ['through ..', 'echo x > ../sibling/planted; echo x >> ../sibling/.env; echo x > ../../../planted'],
    ['by absolute paths', 'echo x > /etc/planted; echo x > /usr/planted; echo x > /planted; echo x > /dev/planted'],
    ['through links', 'ln -s ../sibling l && echo x > l/planted; ln -s /etc/passwd p && echo x >> p'],
    [
      'through the home folder and the temporary one',
      'echo x > ~/planted; echo x > /tmp/planted; mkdir -p ~/.ssh && echo x > ~/.ssh/authorized_keys',
    ],
    ['through a hard link', 'ln /etc/passwd h && echo x >> h'],
    [
      'through a file descriptor of somebody else',
      'for f in /proc/[0-9]*/fd/* /proc/[0-9]*/root/etc/planted; do echo x > "$f"; done',
    ],
  ];
  for (const [name, line] of WRITES) {
    it(`does not write outside ${name}`, async () => {
      using bench = sandboxBench();
      const before = contents(bench.folder.join('home'));
      await run(bench, `(${line}) 2>/dev/null </dev/null`);
      assert.deepEqual(contents(bench.folder.join('home')), before);
      const planted = [
        '/etc/planted',
        '/usr/planted',
        '/planted',
        '/dev/planted',
        '/tmp/planted',
        bench.folder.join('planted'),
      ];
      assert.deepEqual(
        planted.filter((file) => existsSync(file)),
        [],
      );
      assert.ok(!readFileSync('/etc/passwd', 'utf8').includes('\nx\n'));
    });
  }

  it('does not change where its repository is', async () => {
    using bench = sandboxBench();
    const line =
      'echo "gitdir: /tmp/evil" > .git; rm -f .git; mv .git away; mv . ../other; ln -sf /tmp/evil .git; mount --bind /tmp .git; umount .git';
    const { output } = await run(bench, line);
    assert.match(output, /Read-only file system|busy/);
    assert.equal(readFileSync(`${bench.tree}/.git`, 'utf8'), 'gitdir: elsewhere\n');
  });

  it('does not remount anything for writing, as root neither', async () => {
    using bench = sandboxBench();
    const line =
      'mount -o remount,rw /; mount -o remount,rw,bind /usr; mount -t tmpfs none /usr; unshare -Urm true; unshare -m true; grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status; touch /usr/planted';
    const { outcome, output } = await run(bench, line);
    assert.deepEqual(outcome, exited(1), output);
    assert.match(output, /CapEff:\t0{16}\nCapBnd:\t0{16}\nNoNewPrivs:\t1\n/);
    assert.ok(!existsSync('/usr/planted'));
  });

  it('changes nothing of the kernel, as root neither', async () => {
    using bench = sandboxBench();
    // A file is opened for appending and nothing is written: what this test is about would be a change of the whole computer.
    const line =
      'for file in kernel/core_pattern kernel/hostname kernel/pid_max vm/drop_caches fs/file-max; do (: >> /proc/sys/$file) 2>/dev/null && echo "open $file"; done; (: >> /proc/self/oom_score_adj) 2>/dev/null && echo "open self"; cat /proc/sys/kernel/pid_max >/dev/null && echo "readable"';
    const { output } = await run(bench, line);
    assert.equal(output, 'readable\n');
  });

  it('reaches no server of this computer, unless it was granted the network', async () => {
    let requests = 0;
    const server = createServer((_, response) => void response.end(`answer ${(requests += 1)}`));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    try {
      using bench = sandboxBench();
      const { port } = server.address() as AddressInfo;
      const line = `node -e "fetch('http://127.0.0.1:${port}').then(r => r.text()).then(console.log, e => { console.log(e.cause.code); process.exit(3) })"`;
      const refused = await run(bench, line);
      assert.deepEqual([refused.outcome, refused.output, requests], [exited(3), 'ECONNREFUSED\n', 0]);
      const granted = await run(bench, line, { network: 'granted' });
      assert.deepEqual([granted.outcome, granted.output, requests], [exited(0), 'answer 1\n', 1]);
    } finally {
      server.close();
    }
  });

  it("fills caches of the run's own when it has the network, and reads them afterwards; the user's stay as they are", async () => {
    using bench = sandboxBench();
    const read = 'ls ~/.cache/pip';
    assert.equal((await run(bench, read)).output, 'marker\n');
    assert.equal((await run(bench, `touch ~/.cache/pip/x ~/.npm/x; ${read}`)).output.endsWith('marker\n'), true);
    assert.equal((await run(bench, `touch ~/.cache/pip/fetched; ${read}`, { network: 'granted' })).output, 'fetched\n');
    assert.equal((await run(bench, read)).output, 'fetched\n');
    assert.deepEqual(readdirSync(bench.folder.join('home/.cache/pip')), ['marker']);
  });

  it('may have a server of its own', async () => {
    using bench = sandboxBench();
    const line = `node -e "const s = require('http').createServer((_, r) => r.end('own')).listen(0, () => fetch('http://localhost:' + s.address().port).then(r => r.text()).then(t => { console.log(t); s.close(); process.exit(0) }))"`;
    assert.equal((await run(bench, line)).output, 'own\n');
  });
});

/** Command lines of processes whose working folder is called so, wherever they see it. */
function processesAt(folder: string): readonly string[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/cwd`).startsWith(folder) ? [entry] : [];
    } catch {
      return [];
    }
  });
}

async function assertNobodyLeft(bench: SandboxBench): Promise<void> {
  for (let waited = 0; waited < 500 && processesAt(bench.root).length > 0; waited += 10) await wait(10);
  assert.deepEqual(processesAt(bench.root), []);
}

describe('what a command leaves behind in the sandbox', () => {
  const DAEMONS: readonly (readonly [name: string, line: string])[] = [
    ['setsid', 'setsid sleep 300 & sleep 0.1'],
    ['a double fork', '(setsid sh -c "sleep 300 & exec sleep 300" &) ; sleep 0.1'],
    ['nohup and a deaf ear', 'nohup sh -c "trap \'\' TERM HUP INT; sleep 300" >/dev/null 2>&1 & sleep 0.1'],
  ];
  for (const [name, line] of DAEMONS) {
    it(`is nobody: ${name}`, async () => {
      using bench = sandboxBench();
      assert.deepEqual((await run(bench, line)).outcome, exited(0));
      await assertNobodyLeft(bench);
    });
  }

  it('is nobody 500 ms after a stop, deaf or not', async () => {
    using bench = sandboxBench();
    const stop = new AbortController();
    const running = bench.run('trap "" TERM; setsid sh -c "trap \'\' TERM; sleep 300" & sleep 300', {
      signal: stop.signal,
    });
    while (processesAt(bench.root).length < 3) await wait(5);
    const startedAt = performance.now();
    stop.abort('stopped');
    assert.deepEqual((await running).outcome, { kind: 'stopped' });
    await assertNobodyLeft(bench);
    const took = performance.now() - startedAt;
    assert.ok(took < 500, `${took} ms`);
  });
});

describe('a command that takes too much in the sandbox', () => {
  it('of processes is ended, with all of them', async () => {
    using bench = sandboxBench();
    // Not a bomb without bounds: 400 at most, each gone after 20 s, where 60 are allowed.
    const line = 'i=0; while [ $i -lt 400 ]; do sleep 20 & i=$((i+1)); done; wait';
    const { outcome } = await run(bench, line, { limits: { processes: 60 } });
    // Who is not root hits the kernel's own limit on tasks first; both are ends.
    assert.deepEqual(outcome, { kind: 'limit', message: 'it had more than 60 processes' });
    await assertNobodyLeft(bench);
  });

  it('of memory is ended', async () => {
    using bench = sandboxBench();
    const line = 'node -e "const kept = []; setInterval(() => kept.push(Buffer.alloc(20e6, 1)), 20)"';
    const { outcome } = await run(bench, line, { limits: { memoryBytes: 400 * 1024 * 1024 } });
    assert.deepEqual(outcome, { kind: 'limit', message: 'it took more than 400 MB of memory' });
    await assertNobodyLeft(bench);
  });

  it('of the disk is ended: in one file by the kernel, in many by us', async () => {
    using bench = sandboxBench();
    // Others fill the same disk meanwhile: the limit is far above what they write in a second.
    const limits = { diskBytes: 128 * 1024 * 1024 };
    // Holes take no room: it is the kernel that says no here.
    const one = await run(bench, 'truncate -s 200M big || truncate -s 128M big; wc -c big', { limits });
    assert.match(one.output, /^File size limit exceeded\n134217728 big\n$/);
    const many = await run(
      bench,
      'i=0; while [ $i -lt 40 ]; do head -c 8000000 /dev/urandom > f$i; i=$((i+1)); sleep 0.05; done; sync; sleep 2',
      { limits },
    );
    assert.deepEqual(many.outcome, {
      kind: 'limit',
      message: 'the disk lost more than 128 MB of free space while it ran',
    });
  });

  it('of the temporary folders finds them full', async () => {
    using bench = sandboxBench();
    const limits = { diskBytes: 100 * 1024 * 1024 };
    const line =
      'for d in /tmp ~ /dev/shm /run; do for i in 1 2 3; do head -c 40000000 /dev/zero > $d/f$i || echo full; done; done 2>&1';
    const { output } = await run(bench, line, { limits });
    assert.ok((output.match(/^full$/gm) ?? []).length >= 4, output);
  });
});

describe('a command that is to be kept in', () => {
  it('is not run where the sandbox cannot be set up, and that is no result of its own', async () => {
    using bench = sandboxBench();
    const at = `${bench.root}/never`;
    const { outcome } = await bench.run('echo ran > ran.txt', { readable: [{ source: '/nonexistent', at }] });
    assert.equal(outcome.kind, 'unconfined');
    assert.match(outcome.kind === 'unconfined' ? outcome.message : '', /^bwrap: .*nonexistent/);
    assert.ok(!existsSync(`${bench.tree}/ran.txt`));
  });

  it('costs little more than one that is not', async () => {
    using bench = sandboxBench();
    assert.equal((await thisSandbox()).kind, 'found');
    const medianOf = async (work: () => Promise<unknown>): Promise<number> => {
      const times: number[] = [];
      for (let index = 0; index < 30; index += 1) {
        const startedAt = performance.now();
        await work();
        times.push(performance.now() - startedAt);
      }
      return times.sort((left, right) => left - right)[15] ?? 0;
    };
    const processes = createProcesses();
    const request = {
      command: { kind: 'shell', line: 'true' },
      cwd: bench.tree,
      deadlineMs: 5_000,
      outputCapBytes: 100,
    } as const;
    const plain = await medianOf(() => processes.run(request, () => undefined, new AbortController().signal));
    const median = await medianOf(() => bench.run('true'));
    process.stdout.write(`      median of 30: ${plain.toFixed(1)} ms plain, ${median.toFixed(1)} ms in the sandbox\n`);
    assert.ok(median < 250, `${median} ms`);
  });
});
