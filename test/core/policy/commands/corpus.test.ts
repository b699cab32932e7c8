import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { CommandJudge } from '../../../../src/core/policy/commands/judge.ts';
import { commandCorpus, DECLARED, judgeOf } from '../../../support/commandCorpus.ts';

describe('the corpus of commands', () => {
  let judge: CommandJudge;
  let plain: CommandJudge;
  const corpus = commandCorpus();
  const hostile = corpus.filter(({ area }) => area !== 'ordinary');
  const ordinary = corpus.filter(({ area }) => area === 'ordinary');

  before(async () => {
    judge = await judgeOf({ declared: DECLARED });
    plain = await judgeOf();
  });

  it('has at least 300 lines that try to get past, and 60 that must not be asked about', () => {
    assert.ok(hostile.length >= 300);
    assert.ok(ordinary.length >= 60);
    assert.equal(new Set(hostile.map(({ cmd }) => cmd)).size, hostile.length);
  });

  it('has no bypass', () => {
    assert.deepEqual(
      hostile.filter(({ cmd }) => plain.line(cmd).kind === 'allow').map(({ cmd }) => cmd),
      [],
    );
  });

  for (const area of new Set(corpus.map((line) => line.area))) {
    it(`is decided as it says: ${area}`, () => {
      const lines = corpus.filter((line) => line.area === area);
      const decided = lines.map((line) => {
        const { kind, rule } = (area === 'ordinary' ? judge : plain).line(line.cmd);
        return { ...line, decision: kind, rule };
      });
      assert.deepEqual(decided, lines);
    });
  }

  it('stays without a bypass whatever a hostile line is wrapped in', () => {
    const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    const double = (text: string): string => `"${text.replaceAll(/["$`\\]/g, '\\$&')}"`;
    const wrappers: readonly ((line: string) => string)[] = [
      (line) => `ls; ${line}`,
      (line) => `git status && ${line}`,
      (line) => `${line}\nls`,
      (line) => `ls || ${line}`,
      (line) => `ls | ${line}`,
      (line) => `(${line}\n)`,
      (line) => `{ ${line}\n}`,
      (line) => `if true; then ${line}\nfi`,
      (line) => `while false; do ${line}\ndone`,
      (line) => `echo "$(${line}\n)"`,
      (line) => `ls $(${line}\n)`,
      (line) => `sh -c ${single(line)}`,
      (line) => `bash -lc ${double(line)}`,
      (line) => `eval ${single(line)}`,
      (line) => `env ${line}`,
      (line) => `time ${line}`,
      (line) => `nohup ${line}`,
      (line) => `timeout 5 ${line}`,
      (line) => `nice -n 5 ${line}`,
      (line) => `command ${line}`,
      (line) => `xargs ${line}`,
      (line) => `find . -exec ${line} {} +`,
      (line) => `npx ${line}`,
      (line) => `sudo ${line}`,
      (line) => `git -c ${single(`alias.x=!${line}`)} x`,
      (line) => `cat <<EOF\n$(${line}\n)\nEOF`,
      (line) => `f() { ${line}\n}; f`,
      (line) => `trap ${single(line)} EXIT`,
    ];
    // Lines that mean nothing dangerous when they stand behind another command are left out.
    const lines = hostile.filter(
      ({ decision, area }) => decision === 'forbid' && area !== 'look-alike' && area !== 'broken',
    );
    const line = fc.constantFrom(...lines.map(({ cmd }) => cmd));
    const chain = fc.array(fc.constantFrom(...wrappers), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(line, chain, (cmd, wraps) => {
        const wrapped = wraps.reduce((inner, wrap) => wrap(inner), cmd);
        assert.notEqual(plain.line(wrapped).kind, 'allow', wrapped);
      }),
      { numRuns: 1_500, seed: 20_261_121 },
    );
  });
});
