import type { Json } from '../base/json.ts';
import type { Result } from '../base/result.ts';

/*
 * What the core asks of the world. Interfaces and the plain values that cross them, nothing else.
 * Every function that waits on something outside takes an AbortSignal last; an abort ends it with a value where one is
 * declared (`stopped`), and with an AbortedError otherwise.
 */

/** Wall-clock milliseconds since 1970. Used only inside steps and for event times, never to decide. */
export interface Clock {
  now(): number;
}

// ---------------------------------------------------------------- models

/** One tool a model may call. `parameters` is a JSON Schema object. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly parameters: Json;
}

/** One call the model asked for. `arguments` is the raw text the model wrote: it may be malformed JSON. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type Message =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly name: string; readonly text: string };

/** The shape an answer must have. `schema` is JSON Schema (draft 2020-12), `name` is [a-z_]+. */
export interface OutputSchema {
  readonly name: string;
  readonly schema: Json;
}

/**
 * One request to one model. The stable part stands first (system, then tools, then the first message) so that prefix caches hold.
 * `stepKey` names the call within its run: the recorded provider finds its answer by it; no provider sends it.
 */
export interface ModelRequest {
  readonly stepKey: string;
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly outputSchema?: OutputSchema;
  readonly maxOutputTokens: number;
}

/**
 * Tokens of one call. `input` counts all input tokens, cached ones included; `cachedInput` and `cacheWrite` are parts of it;
 * `output` includes `reasoning`. Whole numbers >= 0. An absurd or missing figure from a server is left out, never guessed.
 */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
  readonly reasoning?: number;
}

export type FinishReason = 'stop' | 'length' | 'toolCalls' | 'refusal' | 'other';

/** A whole answer. `usage` is undefined when the server told none or none that can be true. */
export interface ModelAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly usage?: Usage;
  /** The model's id as the server reported it. */
  readonly model?: string;
  /** True when the answer comes from a recording and no model was asked. */
  readonly recorded?: true;
}

/** `x-should-retry: false` of a server: the same request would fail again. */
interface RetryWish {
  readonly retryRefused?: true;
}

/** Why a call brought no answer. Each kind has one stated way to go on: see core/router/recovery.ts. */
export type ModelError =
  | ({ readonly kind: 'rateLimited'; readonly message: string; readonly retryAfterMs?: number } & RetryWish)
  | ({ readonly kind: 'overloaded'; readonly message: string; readonly retryAfterMs?: number } & RetryWish)
  | ({ readonly kind: 'serverError'; readonly status: number; readonly message: string } & RetryWish)
  | { readonly kind: 'badRequest'; readonly status: number; readonly message: string }
  | { readonly kind: 'contextOverflow'; readonly message: string }
  | { readonly kind: 'unauthorized'; readonly status: number; readonly message: string }
  | { readonly kind: 'notFound'; readonly message: string }
  | { readonly kind: 'connection'; readonly message: string }
  | { readonly kind: 'timeout'; readonly phase: 'firstToken' | 'idle' | 'total'; readonly afterMs: number }
  | { readonly kind: 'cut'; readonly message: string; readonly partialText: string }
  | { readonly kind: 'malformed'; readonly message: string }
  | { readonly kind: 'tooLarge'; readonly limitBytes: number }
  | { readonly kind: 'configuration'; readonly message: string }
  /** Not sent: a limit in dollars has no room for it, and the policy goes on with workers that cost nothing. */
  | { readonly kind: 'overBudget'; readonly message: string }
  | { readonly kind: 'recordingMissing'; readonly stepKey: string; readonly message: string }
  | { readonly kind: 'stopped' };

/** What arrives while an answer streams: shown to the person, never decided upon. */
export type ModelEvent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | { readonly kind: 'toolCall'; readonly name: string };

/**
 * One model behind one endpoint. Never throws for what a server or network can do: that is a ModelError. Exactly one request per call
 * (retries are the caller's). Aborting the signal closes the connection and returns `stopped`. Events come in order, before the answer.
 */
export interface ModelProvider {
  call(
    request: ModelRequest,
    onEvent: (event: ModelEvent) => void,
    signal: AbortSignal,
  ): Promise<Result<ModelAnswer, ModelError>>;
}

// ---------------------------------------------------------------- processes

/** One command. `argv` runs without a shell; `shell` is a line for `/bin/sh -c`, used only for what a person wrote in speckit.toml. */
export interface ProcessRequest {
  readonly command:
    | { readonly kind: 'argv'; readonly argv: readonly string[] }
    | { readonly kind: 'shell'; readonly line: string };
  readonly cwd: string;
  readonly deadlineMs: number;
  /** Bytes kept of stdout and stderr together: the first third and the last two thirds, with a line saying what was left out. */
  readonly outputCapBytes: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** How a command of the repository's own is kept in. Left out for programs of ours, which run as we do. */
  readonly confinement?: Confinement;
}

/** What keeps a command in. `none`: nothing does. */
export type SandboxKind = 'bubblewrap' | 'seatbelt' | 'none';

/** `none` only where a person has said so; a command that is to be kept in and cannot be is not run. */
export type Confinement =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'sandbox';
      /** The only folder it may write to, and the folder where the command finds it. Absolute. */
      readonly tree: string;
      readonly shownAt: string;
      /** What it may read beside the system and its tools, each where the command finds it; later ones lie over earlier ones. Absolute. */
      readonly readable: readonly Mount[];
      /** Folders that exist in what is readable and are empty and writable for the command alone. Absolute, as the command sees them. */
      readonly scratch: readonly string[];
      /** A folder of the run's own, for the caches of packages that a command with the network fills and later ones read. Absolute. */
      readonly caches: string;
      readonly network: 'refused' | 'granted';
      readonly limits: ProcessLimits;
    };

export interface Mount {
  readonly source: string;
  readonly at: string;
}

/** What one command and everything it starts may take together. Each is watched, not promised to the byte. */
export interface ProcessLimits {
  readonly processes: number;
  readonly memoryBytes: number;
  /** By how much the free space of the disk may shrink while it runs; also the largest file it may write. */
  readonly diskBytes: number;
}

export type ProcessOutcome =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'deadline'; readonly afterMs: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'notFound'; readonly message: string }
  /** It was ended because it took more than its limits. `message` says of what. */
  | { readonly kind: 'limit'; readonly message: string }
  /** It was to be kept in, could not be, and was not run. */
  | { readonly kind: 'unconfined'; readonly message: string };

/** `output` is stdout and stderr as they came, cut to the cap. `durationMs` is wall time. `sandbox` is what kept the command in. */
export interface ProcessResult {
  readonly outcome: ProcessOutcome;
  readonly output: string;
  readonly omittedBytes: number;
  readonly durationMs: number;
  readonly sandbox: SandboxKind;
}

/** Runs child processes. Never throws for what a command can do. The whole process group ends with the deadline, the signal, or us. */
export interface Processes {
  run(request: ProcessRequest, onOutput: (text: string) => void, signal: AbortSignal): Promise<ProcessResult>;
}

// ---------------------------------------------------------------- trees

/** Repository-relative path with `/` between its parts. Never absolute, never with `..` parts. */
export type RepositoryPath = string;

/** Bytes of a file as text. `undefined` content stands for a deleted file. `executable` defaults to what the file was, or false. */
export type FileChange =
  | { readonly kind: 'write'; readonly path: RepositoryPath; readonly content: string; readonly executable?: boolean }
  | { readonly kind: 'delete'; readonly path: RepositoryPath };

export const PERSON_FILE_STATES = ['changed', 'unsaved', 'added', 'deleted', 'notText'] as const;

/** A file of the person's that is not as a tree of the run has it. `change` makes the tree's file theirs; none where it is no text. */
export interface PersonFile {
  readonly path: RepositoryPath;
  /** `unsaved` is open in an editor with changes that are not on the disk; `added` is not in the tree. */
  readonly state: (typeof PERSON_FILE_STATES)[number];
  readonly change?: FileChange;
}

/** The person's own files, which a run only reads. */
export interface PersonFiles {
  /**
   * Those of the paths that are not as `tree` has them, as they stand now; an unsaved document comes before the disk. `key` names the step that looks.
   * `isLetPass`: the person has said beforehand that a run may go on without work of theirs that it does not know.
   */
  look(
    key: string,
    tree: TreeId,
    paths: readonly RepositoryPath[],
  ): Promise<{ readonly files: readonly PersonFile[]; readonly isLetPass: boolean }>;
}

/** A file as read: text, or a binary file's size (binary files are listed and never shown to a model). */
export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: number };

/** One changed file between two trees. Text is the whole file; `undefined` where the file does not exist on that side or is binary. */
export interface FileDifference {
  readonly path: RepositoryPath;
  readonly change: 'added' | 'modified' | 'deleted';
  readonly before?: string;
  readonly after?: string;
  readonly binary: boolean;
}

/** A git tree object's id: 40 (or 64) hexadecimal digits. */
export type TreeId = string;

/**
 * The run's own tree: a work tree at a detached HEAD outside the workspace, which the user's repository does not list (docs/adr/0002). All paths are repository-relative. Writes never leave the tree:
 * a path through a symbolic link or out of the root is refused with an Error.
 * Tree ids leave out nothing; use `evidenceOf` for the id evidence is tied to.
 */
export interface RunTree {
  /** Absolute folder: for processes only, never for prompts, events or messages to a model. */
  readonly root: string;
  /** The tree of the commit the run started from plus the saved bytes of spec, constitution and speckit.toml. */
  readonly baseTree: TreeId;
  read(path: RepositoryPath): Promise<FileContent | undefined>;
  /**
   * A mark of a file on disk that changes whenever it is written, and its size; undefined where there is no plain file. Never throws for what a command can make
   * of the tree.
   */
  written(path: RepositoryPath): Promise<{ readonly mark: string; readonly bytes: number } | undefined>;
  /** The id of the tree as it is on disk now (untracked files too, ignored ones not). */
  snapshot(): Promise<TreeId>;
  /** The id of the tree without `specs/<the spec's folder>/` and `.speckit/`. */
  evidenceOf(tree: TreeId): Promise<TreeId>;
  /** Makes the files on disk exactly `tree`, and commits it under refs/speckit/<runId> by plumbing. */
  checkpoint(tree: TreeId, label: string): Promise<void>;
  /** Makes the files on disk exactly `tree` (untracked files not in it are removed, ignored ones stay). */
  restore(tree: TreeId): Promise<void>;
  readAt(tree: TreeId, path: RepositoryPath): Promise<FileContent | undefined>;
  listAt(tree: TreeId): Promise<readonly RepositoryPath[]>;
  /** A tree object made of `tree` with these changes; nothing on disk changes. */
  compose(tree: TreeId, changes: readonly FileChange[]): Promise<TreeId>;
  /** Sorted by path; renames are a deletion and an addition. */
  differences(from: TreeId, to: TreeId): Promise<readonly FileDifference[]>;
}

// ---------------------------------------------------------------- blobs

/** A piece of text kept by its SHA-256 in the run's `blobs/`. */
export interface BlobReference {
  readonly sha256: string;
  readonly bytes: number;
}

/** Content-addressed text of one run. `get` throws when the blob is missing or its bytes do not hash to its name. */
export interface Blobs {
  put(text: string): Promise<BlobReference>;
  get(reference: BlobReference): Promise<string>;
}

// ---------------------------------------------------------------- shell grammar

/**
 * One word of a shell command. `literal`: its text after quotes are taken off. `glob`: the same with wildcards the shell would expand.
 * `dynamic`: only a running shell knows its value; `text` is its source, `by` what it stands on: a number the shell itself keeps
 * (`$?`), the output of a command (which is judged by itself), or anything else.
 */
export type ShellWord =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'glob'; readonly text: string }
  | { readonly kind: 'dynamic'; readonly text: string; readonly by: 'status' | 'output' | 'other' };

/** `operator` as written, without the descriptor's number: `>`, `>>`, `<`, `>&`, `&>`. */
export interface ShellRedirection {
  readonly operator: string;
  readonly target: ShellWord;
}

/** A variable that is set: before a command, by itself, by `export` and its like, or by a `for`. */
export interface ShellAssignment {
  readonly name: string;
  readonly value: ShellWord;
}

/** One simple command, wherever it stood. `words` is empty where only assignments or redirections stand (also those of a group). */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  readonly assignments: readonly ShellAssignment[];
  readonly redirections: readonly ShellRedirection[];
  /** What it stands in, outermost first: `pipeline`, `subshell`, `substitution`, `function` and the like; empty at the top. */
  readonly place: readonly string[];
  /** A here-document or here-string it reads. */
  readonly input: ShellWord | undefined;
  /** Indices of the commands whose output is piped into it. */
  readonly fedBy: readonly number[];
  /** Index of the command one of whose words, assignments or targets holds this one. */
  readonly within: number | undefined;
}

/** A line as read. What could not be read for sure stands in `unreadable`, with the reason; the commands found in it are listed all the same. */
export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** Names of the functions that are defined. */
  readonly functions: readonly string[];
  readonly unreadable: readonly { readonly why: string; readonly text: string }[];
}

/** Reads a shell line (sh or bash). Never throws for what a line can hold. Texts of `unreadable` are at most 120 characters. */
export interface ShellParser {
  parse(line: string): ShellScript;
}
