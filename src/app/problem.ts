/**
 * A command that could not begin or go on, in words for a person: what happened, what was kept, what to do next. Thrown by app functions and
 * caught once per command by the host, which turns `kind` into an exit code.
 */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly kind: 'usage' | 'configuration' | 'infrastructure' | 'blocked' | 'needsInput' | 'gate';
  constructor(kind: CommandProblem['kind'], text: string) {
    super(text);
    this.kind = kind;
  }
}
