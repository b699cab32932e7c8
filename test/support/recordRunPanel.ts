import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunEvent } from '../../src/core/run/event.ts';
import { createBlobStore } from '../../src/node/log/blobStore.ts';
import { eventsOf, RUN, runFolderOf } from './killedRun.ts';
import {
  answer,
  auto,
  block,
  changed,
  goodCode,
  goodTest,
  OLD_CODE,
  patchCall,
  resume,
  said,
  WRONG_CODE,
} from './pipelineScript.ts';
import {
  finished,
  GOOD,
  GOOD_CODE,
  scriptedProject,
  type ProjectOptions,
  type ScriptedProject,
} from './scriptedProject.ts';

/*
 * Records the logs that test/extension/runPanel folds into cells: `node test/support/recordRunPanel.ts [NAME...]` with a built command line. Times, processes and
 * hashes that differ from run to run are made the same; everything else is as the command line wrote it.
 */

const scenarios = path.join(import.meta.dirname, '../scenarios/run-panel');
const turns = [goodCode(), goodTest(), said('Done.')];
const mend = [patchCall('src/greet.js', GOOD_CODE, GOOD_CODE.replace('export', '// Greets.\nexport')), said('Mended.')];

interface Recording {
  readonly options: ProjectOptions;
  readonly act: (project: ScriptedProject) => Promise<unknown>;
}

const asking = changed('brief', {
  open_questions: [{ text: 'Is a name trimmed before it is greeted?', blocking: true }],
});

const RECORDINGS: Readonly<Record<string, Recording>> = {
  '001-a-run-leads-to-a-proposal': { options: {}, act: (project) => auto(project) },
  '002-a-failed-attempt-is-mended': {
    options: {
      answers: {
        implement: [
          patchCall('src/greet.js', OLD_CODE, WRONG_CODE),
          patchCall('src/other.js', undefined, 'export {};\n'),
          goodTest(),
          said('Done.'),
          patchCall('src/greet.js', WRONG_CODE, GOOD_CODE),
          said('Mended.'),
        ],
      },
    },
    act: (project) => auto(project),
  },
  '003-a-question-waits-for-a-person': { options: { answers: { brief: [asking] } }, act: (project) => auto(project) },
  '004-an-answer-lets-the-run-go-on': {
    options: { answers: { brief: [asking] } },
    act: async (project) => {
      await auto(project);
      await answer(project, 'Q1', 'Yes.');
      await resume(project);
    },
  },
  '005-an-audit-sends-the-change-back': {
    options: {
      answers: { implement: [...turns, ...mend], audit: [block('nothing says what it does'), ...GOOD.audit] },
    },
    act: (project) => auto(project),
  },
  '006-a-run-is-stopped-while-it-plans': { options: slowPlan(), act: stopped },
  '007-a-stopped-run-goes-on': {
    options: slowPlan(),
    act: async (project) => {
      await stopped(project);
      await resume(project);
    },
  },
  '008-a-proposal-is-rejected': {
    options: {},
    act: async (project) => {
      await auto(project);
      await project.speckit('reject', RUN, '--why', 'say what it does in a comment');
    },
  },
  '009-a-proposal-is-applied': {
    options: {},
    act: async (project) => {
      await auto(project);
      await project.speckit('approve', RUN);
    },
  },
  '010-a-security-reviewer-stops-the-run': {
    options: {
      files: { 'memory/constitution.md': '# Rules\n\n- `src/greet.js` is what our customers see.\n' },
      answers: {
        security: [
          changed('security', {
            findings: [
              {
                severity: 'blocking',
                message: 'Names are not escaped.',
                reference: 'src/greet.js:2',
                attack: 'A guest names themselves <script> and runs it for whoever reads the greeting.',
              },
              {
                severity: 'advisory',
                message: 'A name may be very long.',
                reference: 'src/greet.js:1',
                attack: 'A guest sends megabytes.',
              },
            ],
          }),
        ],
      },
    },
    act: (project) => auto(project),
  },
};

function slowPlan(): ProjectOptions {
  return { answers: { plan: [{ ...GOOD.plan[0], chunkDelayMs: 400, chunkSize: 4 }, ...GOOD.plan] } };
}

async function stopped(project: ScriptedProject): Promise<void> {
  const run = finished(project.spawn(['auto', 'SPEC-001', '--run-id', RUN]));
  while (!project.calls.includes('plan')) await wait(20);
  await wait(200);
  await project.speckit('stop', RUN);
  await run;
}

/** One second between two events, and nothing of the machine. */
function normalised(event: RunEvent): RunEvent {
  const time = new Date(Date.UTC(2026, 0, 1) + event.seq * 1_000).toISOString();
  const chain = { previous: '0'.repeat(64), hash: '0'.repeat(64) };
  if (event.kind === 'OwnerChange')
    return { ...event, ...chain, time, payload: { ...event.payload, pid: 1_000, host: 'machine' } };
  if (event.kind === 'RunStart')
    return { ...event, ...chain, time, payload: { ...event.payload, baseCommit: '0'.repeat(40) } };
  if (event.kind === 'LLMCall')
    return { ...event, ...chain, time, payload: { ...event.payload, durationMs: 1_000, firstTokenMs: 100 } };
  return { ...event, ...chain, time };
}

const wanted = process.argv.slice(2);
for (const [name, { options, act }] of Object.entries(RECORDINGS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await using project = await scriptedProject(options);
  await act(project);
  const events = await eventsOf(project);
  const blobs = createBlobStore(path.join(runFolderOf(project), 'blobs'));
  const folder = path.join(scenarios, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'events.jsonl'),
    events.map((event) => `${JSON.stringify(normalised(event))}\n`).join(''),
  );
  const texts: Record<string, string> = {};
  for (const { kind, payload } of events) {
    const reference =
      kind === 'ProposalCreate'
        ? payload.brief
        : kind === 'LLMCall' && /^(plan|tasks)\//.test(payload.key)
          ? payload.answer
          : null;
    if (reference !== null) texts[reference.sha256] = await blobs.get(reference);
  }
  writeFileSync(path.join(folder, 'texts.json'), `${JSON.stringify(texts, undefined, 2)}\n`);
  process.stdout.write(`${name}: ${events.length} events, ${events.at(-1)?.kind}\n`);
}
