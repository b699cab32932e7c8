import { z } from 'zod';
import type { Json } from '../../base/json.ts';
import { PERMISSIONS, type CallKind } from '../policy/scope/agentCall.ts';
import type { Role } from '../run/stage.ts';
import type { AgentTool, AgentWorkspace, ToolResult } from './tool.ts';

/** Lines of a file shown at once. */
const READ_LINES = 800;

const noTraversal = z.string().max(300);

const parameters = {
  read_file: z.strictObject({ path: noTraversal, from_line: z.int().positive().optional() }),
  list_files: z.strictObject({ folder: noTraversal.optional() }),
  search: z.strictObject({ text: z.string().min(1).max(200), folder: noTraversal.optional() }),
  apply_patch: z.strictObject({ patch: z.string().min(1).max(400_000) }),
  run_check: z.strictObject({ name: z.string().min(1).max(60) }),
  ask_for_file: z.strictObject({ path: noTraversal.min(1), reason: z.string().min(1).max(4_000) }),
} as const;

export type ToolName = keyof typeof parameters;
export const TOOL_NAMES = Object.keys(parameters) as readonly ToolName[];

/** What the broker judges a call of each tool as. */
const CALL_OF: Readonly<Record<ToolName, CallKind>> = {
  read_file: 'read',
  list_files: 'read',
  search: 'search',
  apply_patch: 'patch',
  run_check: 'check',
  ask_for_file: 'ask',
};

/**
 * The built-in agent's tools over one workspace: those of what the role may do. `descriptions` are the texts of prompts/tools/<name>.md.
 * Arguments are validated against each tool's schema; a call that does not fit comes back as a `failed` result that says what was wrong.
 */
export function createTools(
  workspace: AgentWorkspace,
  role: Role,
  descriptions: Readonly<Record<ToolName, string>>,
): readonly AgentTool[] {
  const tool = <Name extends ToolName>(
    name: Name,
    run: (key: string, input: z.infer<(typeof parameters)[Name]>) => Promise<ToolResult>,
  ): readonly AgentTool[] => {
    if (!PERMISSIONS[role].includes(CALL_OF[name])) return [];
    const definition = { name, description: descriptions[name], parameters: z.toJSONSchema(parameters[name]) as Json };
    return [
      {
        definition,
        run: async (key, argumentsText) => {
          const input = readArguments(parameters[name], argumentsText);
          return typeof input === 'string'
            ? { outcome: 'failed', text: input }
            : run(key, input.value as z.infer<(typeof parameters)[Name]>);
        },
      },
    ];
  };
  return [
    tool('read_file', async (key, { path, from_line }) => numbered(await workspace.read(key, path), from_line ?? 1)),
    tool('list_files', (key, { folder }) => workspace.list(key, folder ?? '')),
    tool('search', (key, { text, folder }) => workspace.search(key, text, folder ?? '')),
    tool('apply_patch', (key, { patch }) => workspace.applyPatch(key, patch)),
    tool('run_check', (key, { name }) => workspace.runCheck(key, name)),
    tool('ask_for_file', (key, { path, reason }) => workspace.askForFile(key, path, reason)),
  ].flat();
}

function readArguments(schema: z.ZodType, text: string): string | { readonly value: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text === '' ? '{}' : text);
  } catch (error) {
    return `The arguments are not JSON (${(error as SyntaxError).message}). Call again with one JSON object.`;
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { value: parsed.data }
    : `The arguments do not fit: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`;
}

function numbered(result: ToolResult, from: number): ToolResult {
  if (result.outcome !== 'ok') return result;
  const lines = result.text.split('\n');
  const shown = lines.slice(from - 1, from - 1 + READ_LINES).map((line, index) => `${from + index}: ${line}`);
  const next = from + READ_LINES;
  return {
    outcome: 'ok',
    text: next <= lines.length ? [...shown, `[more: call again with from_line ${next}]`].join('\n') : shown.join('\n'),
  };
}
