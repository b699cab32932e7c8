import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openLedger } from '../../src/node/ledger.ts';
import { ledgerRun } from '../../src/node/repositoryKey.ts';
import { SCRIPT_VARIABLE } from './driver/script.ts';
import { packagedDriver } from './support/extensionsUnderTest.ts';
import { ownProjects } from './support/ownProjects.ts';
import { sharedWorkbench } from './support/sharedWorkbench.ts';
import { startAuto, UNDISTURBED } from './support/startedRun.ts';

const CHECKS = '[checks.test]\ncommand = "node --test"\nkind = "test"\ntimeout_seconds = 30\n';
const ROUTING = '[routing]\narchitect = ["own"]\nimplementer = ["own"]\njudge = ["own"]\ncritic = ["own"]\n';
const KEY = 'sk-of-ada-and-of-nobody-else-4711';

describe('models and keys of the editor', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'driver-'));
  const script = path.join(folder, 'script.json');
  writeFileSync(script, JSON.stringify({ models: [{ id: 'scripted', toolCalling: true }] }));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const vsixes: string[] = [];
  before(async () => void vsixes.push(await packagedDriver()));
  const shared = sharedWorkbench({ vsixes, environment: { [SCRIPT_VARIABLE]: script } });
  const opened = ownProjects(shared);

  it('do a whole run, which costs no dollars', async () => {
    const { workbench, server } = shared();
    const worker = '[workers.own]\nprovider = "editor"\nmodel = "speckit-test/scripted"\n';
    const project = await opened({ toml: () => `${CHECKS}\n${worker}\n${ROUTING}` });
    const models = [{ id: 'scripted', toolCalling: true }];
    writeFileSync(script, JSON.stringify({ models, forwardTo: project.server.url }));
    const { state: shown, panel } = await startAuto(workbench);
    await shown('Waits for your review').waitFor();
    await panel.getByText('$0.00 of $2.00').waitFor();
    await workbench.picture('editor-worker', ['$0.00 of', 'Waits for your review']);
    assert.deepEqual(project.calls, UNDISTURBED);
    const [runId = ''] = readdirSync(path.join(project.root, '.git/speckit/runs'));
    const ledger = openLedger(path.join(server.speckitHome, 'data/ledger.sqlite'));
    assert.ok(ledger.kind === 'ok', JSON.stringify(ledger));
    using book = ledger.value;
    assert.deepEqual(
      book
        .rows(ledgerRun({ commonDir: path.join(project.root, '.git') }, runId))
        .map(({ state, basis, settledMicrodollars }) => [state, basis, settledMicrodollars]),
      UNDISTURBED.map(() => ['settled', 'included', 0]),
    );
  });

  it('are named by "What Was Found", keys by their names only', async () => {
    const { workbench } = shared();
    await storeKey();
    await workbench.runCommand('SpecKit: What Was Found');
    await workbench.editorTabs().filter({ hasText: 'what-was-found.txt' }).waitFor();
    await workbench.picture('what-was-found', ['speckit-test/scripted', 'OWN_KEY, stored in VS Code']);
  });

  it('are used by a run and stand in no file and no log', async () => {
    const { workbench, server } = shared();
    const project = await opened({ toml: () => `${CHECKS}\n${ROUTING}` });
    // Where a key goes is said by the person, never by a repository.
    project.setUserConfiguration(
      `[workers.own]\nprovider = "openai-chat"\nmodel = "gpt-6-luna"\nbase_url = "${project.server.url}/v1"\nkey_env = "OWN_KEY"\n`,
    );
    await storeKey();
    const { state } = await startAuto(workbench);
    await state('Waits for your review').waitFor();
    assert.deepEqual(
      new Set(project.server.requests.map(({ headers }) => headers['authorization'])),
      new Set([`Bearer ${KEY}`]),
    );
    const files = [server.folder, project.folder.path].flatMap((cwd) =>
      readdirSync(cwd, { recursive: true, withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [],
      ),
    );
    assert.ok(
      files.some((file) => file.endsWith('events.jsonl')) && files.some((file) => file.endsWith('SpecKit.log')),
    );
    assert.deepEqual(
      files.filter((file) => readFileSync(file).includes(KEY)),
      [],
    );
  });

  async function storeKey(): Promise<void> {
    const { workbench } = shared();
    await workbench.runCommand('SpecKit: Set Key...');
    const { row, widget, input } = workbench.quickPick();
    await row('Another name').click();
    await widget.getByText('The name that key_env of a worker says').waitFor();
    await input.fill('OWN_KEY');
    await input.press('Enter');
    await widget.getByText('It is kept in the secret store').waitFor();
    await input.fill(KEY);
    await input.press('Enter');
    await workbench.page.getByText('the key OWN_KEY is stored').first().waitFor();
  }
});
