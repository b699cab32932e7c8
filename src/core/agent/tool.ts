import type { RepositoryPath, ToolDefinition } from '../ports.ts';

/** What a tool call brought back to the model. `refused` is a rule's answer, `failed` a fact's; both are ordinary text to the model. */
export interface ToolResult {
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly text: string;
}

/** What an agent may do to the run's tree. Every function is one durable step under the given key. */
export interface AgentWorkspace {
  /** The files below a folder, one a line; all of them when it is empty. */
  list(key: string, folder: string): Promise<ToolResult>;
  /** Text of a file, or why there is none. */
  read(key: string, path: RepositoryPath): Promise<ToolResult>;
  search(key: string, text: string, folder: string): Promise<ToolResult>;
  applyPatch(key: string, patch: string): Promise<ToolResult>;
  runCheck(key: string, name: string): Promise<ToolResult>;
  /** Asks to change a file that the plan does not name. `ok`: it may be changed from now on. */
  askForFile(key: string, path: RepositoryPath, reason: string): Promise<ToolResult>;
}

/** A tool: its definition as the model sees it, and what a call does. `run` never throws for bad arguments. */
export interface AgentTool {
  readonly definition: ToolDefinition;
  run(key: string, argumentsText: string): Promise<ToolResult>;
}
