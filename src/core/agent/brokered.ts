import { parsePatch } from '../patch/parse.ts';
import type { Patch } from '../patch/patch.ts';
import type { RepositoryPath } from '../ports.ts';
import type { AgentCall, FileAct } from '../policy/scope/agentCall.ts';
import { judgeCall, type CallDecision, type Contract } from '../policy/scope/broker.ts';
import type { AgentWorkspace, ToolResult } from './tool.ts';

type Refusal = Extract<CallDecision, { kind: 'refuse' }>;

/**
 * A workspace behind the broker: each call is judged under the contract as it stands then, and only an allowed one goes on. `refused` is told of every
 * other, before its words go back. This is the door of every worker, be it our own agent or a program of somebody else's.
 */
export function brokered(
  workspace: AgentWorkspace,
  contract: () => Contract,
  refused: (key: string, call: AgentCall, refusal: Refusal) => void,
): AgentWorkspace {
  const through = async (key: string, call: AgentCall, work: () => Promise<ToolResult>): Promise<ToolResult> => {
    const decision = judgeCall(contract(), call);
    if (decision.kind === 'allow') return work();
    refused(key, call, decision);
    return { outcome: 'refused', text: decision.reason };
  };
  return {
    list: (key, folder) => through(key, { kind: 'read', path: folder }, () => workspace.list(key, folder)),
    read: (key, path) => through(key, { kind: 'read', path }, () => workspace.read(key, path)),
    search: (key, text, folder) => through(key, { kind: 'search', folder }, () => workspace.search(key, text, folder)),
    applyPatch: (key, patch) =>
      through(key, { kind: 'patch', acts: actsOfText(patch, contract().files) }, () =>
        workspace.applyPatch(key, patch),
      ),
    runCheck: (key, name) => through(key, { kind: 'check', name }, () => workspace.runCheck(key, name)),
    askForFile: (key, given, reason) => {
      const path = given.trim().replace(/^(?:\.\/)+/, '');
      return through(key, { kind: 'ask', path }, () => workspace.askForFile(key, path, reason));
    },
  };
}

/** What a patch does to files. A text that is no patch does nothing: the workspace says what is wrong with it. */
function actsOfText(text: string, files: readonly RepositoryPath[]): readonly FileAct[] {
  const patch = parseForTask(text, files);
  return patch.kind === 'error' ? [] : actsOf(patch.value);
}

/** Reads the patch of a worker that may change these files: a hunk without a file's name is about the one file there is. */
export function parseForTask(text: string, files: readonly RepositoryPath[]): ReturnType<typeof parsePatch> {
  const [only, ...others] = files;
  return parsePatch(text, only === undefined || others.length > 0 ? {} : { path: only });
}

/** What a parsed patch does to each of its files. */
export function actsOf(patch: Patch): readonly FileAct[] {
  return patch.files.map((file): FileAct => {
    switch (file.kind) {
      case 'add':
        return { kind: 'create', path: file.path };
      case 'delete':
        return { kind: 'delete', path: file.path };
      case 'whole':
        return { kind: 'change', path: file.path };
      case 'update':
        return file.moveTo === undefined
          ? { kind: 'change', path: file.path }
          : { kind: 'move', path: file.path, to: file.moveTo };
    }
  });
}
