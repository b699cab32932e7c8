import { z } from 'zod';
import type { Json } from '../../base/json.ts';
import type { AgentTool, AgentWorkspace, ToolResult } from './tool.ts';

/** Lines of a file shown at once, and file names listed at once. */
const READ_LINES = 800;
const LIST_FILES = 400;

const noTraversal = z.string().max(300);

const parameters = {
  read_file: z.strictObject({ path: noTraversal, from_line: z.int().positive().optional() }),
  list_files: z.strictObject({ folder: noTraversal.optional() }),
  search: z.strictObject({ text: z.string().min(1).max(200), folder: noTraversal.optional() }),
  apply_patch: z.strictObject({ patch: z.string().min(1).max(400_000) }),
  run_check: z.strictObject({ name: z.string().min(1).max(60) }),
} as const;

export type ToolName = keyof typeof parameters;
export const TOOL_NAMES = Object.keys(parameters) as readonly ToolName[];

/**
 * The built-in agent's five tools over one workspace. `descriptions` are the texts of prompts/tools/<name>.md.
 * Arguments are validated against each tool's schema; a call that does not fit comes back as a `failed` result that says what was wrong.
 */
export function createTools(
  workspace: AgentWorkspace,
  descriptions: Readonly<Record<ToolName, string>>,
): readonly AgentTool[] {
  const tool = <Name extends ToolName>(
    name: Name,
    run: (key: string, input: z.infer<(typeof parameters)[Name]>) => Promise<ToolResult>,
  ): AgentTool => ({
    definition: { name, description: descriptions[name], parameters: z.toJSONSchema(parameters[name]) as Json },
    run: async (key, argumentsText) => {
      const input = readArguments(parameters[name], argumentsText);
      return typeof input === 'string'
        ? { outcome: 'failed', text: input }
        : run(key, input.value as z.infer<(typeof parameters)[Name]>);
    },
  });
  return [
    tool('read_file', async (key, { path, from_line }) => numbered(await workspace.read(key, path), from_line ?? 1)),
    tool('list_files', async (key, { folder }) => ({
      outcome: 'ok',
      text: below(await workspace.list(key), folder ?? ''),
    })),
    tool('search', (key, { text, folder }) => workspace.search(key, text, folder ?? '')),
    tool('apply_patch', (key, { patch }) => workspace.applyPatch(key, patch)),
    tool('run_check', (key, { name }) => workspace.runCheck(key, name)),
  ];
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

function below(paths: readonly string[], folder: string): string {
  const prefix = folder === '' || folder === '.' ? '' : `${folder.replace(/^\.\//, '').replace(/\/+$/, '')}/`;
  const found = paths.filter((path) => path.startsWith(prefix));
  const shown = found.slice(0, LIST_FILES);
  if (shown.length === 0) return `There is no file below ${folder}.`;
  return found.length > shown.length
    ? [...shown, `[${found.length - shown.length} more: name a folder]`].join('\n')
    : shown.join('\n');
}
