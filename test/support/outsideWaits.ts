import path from 'node:path';
import { SyntaxKind, type Node, type SourceFile } from 'typescript/unstable/ast';
import {
  isAwaitExpression,
  isCallExpression,
  isForOfStatement,
  isIdentifier,
  isNewExpression,
  isPropertyAccessExpression,
} from 'typescript/unstable/ast/is';
import { API, SignatureKind, SymbolFlags, type Project, type Symbol, type Type } from 'typescript/unstable/sync';

/*
 * Where a program can begin to wait for something that is not its own code, found by the type checker: a promise is made by code that is declared outside
 * src/, by `new Promise`, by `Promise.withResolvers`, or a stream is read with `for await`. Every other wait is for a promise that one of these made.
 */

/** One such place. `statement` is the text of the statement of the file that it stands in. */
export interface OutsideWait {
  readonly file: string;
  /** `fetch`, `new Promise`, `for await`, `create`. */
  readonly what: string;
  /** Where it is declared: `@types/node/fs/promises.d.ts`, `lib.dom.d.ts`; empty for a loop. */
  readonly from: string;
  readonly statement: string;
}

const root = path.resolve(import.meta.dirname, '../..');

/** All of src/. A call of what has the type `any`, or of a call's own result, is not seen. */
export function outsideWaits(): readonly OutsideWait[] {
  const api = new API({ cwd: root });
  try {
    const configuration = path.join(root, 'test/support/sources.tsconfig.json');
    const [project] = api.updateSnapshot({ openProjects: [configuration] }).getProjects();
    if (project === undefined) throw new Error('the sources were not opened');
    const types = typesOf(project);
    return project.program.getSourceFileNames().flatMap((name) => {
      const file = name.startsWith(`${root}/src/`) ? project.program.getSourceFile(name) : undefined;
      return file === undefined ? [] : waitsIn(project, file, path.relative(root, name), types);
    });
  } finally {
    api.close();
  }
}

function waitsIn(project: Project, file: SourceFile, name: string, types: Types): readonly OutsideWait[] {
  const loops: Node[] = [];
  const names: Node[] = [];
  const visit = (node: Node): void => {
    if (isForOfStatement(node) && node.awaitModifier !== undefined) loops.push(node);
    const named = nameIn(node);
    if (named !== undefined) names.push(named);
    node.forEachChild(visit);
  };
  visit(file);
  const text = file.text;
  const statementOf = (node: Node): string => {
    let top = node;
    while (top.parent !== undefined && top.parent.kind !== SyntaxKind.SourceFile) top = top.parent;
    return text.slice(top.pos, top.end);
  };
  const symbols = names.length === 0 ? [] : project.checker.getSymbolAtLocation(names);
  return [
    ...loops.map((node) => ({ file: name, what: 'for await', from: '', statement: statementOf(node) })),
    ...symbols.flatMap((symbol, index) => {
      const node = names[index];
      const found = symbol === undefined || node === undefined ? undefined : types(symbol);
      return found === undefined || node === undefined ? [] : [{ file: name, ...found, statement: statementOf(node) }];
    }),
  ];
}

/** The name of what is called or made, or of the member that is awaited. */
function nameIn(node: Node): Node | undefined {
  const expression =
    isCallExpression(node) || isNewExpression(node)
      ? node.expression
      : isAwaitExpression(node) && isPropertyAccessExpression(node.expression)
        ? node.expression
        : undefined;
  if (expression === undefined) return undefined;
  if (isPropertyAccessExpression(expression)) return expression.name;
  return isIdentifier(expression) ? expression : undefined;
}

type Types = (symbol: Symbol) => Pick<OutsideWait, 'what' | 'from'> | undefined;

/** What a symbol is, where it is declared outside and has to do with promises. Each is asked for once. */
function typesOf({ checker }: Project): Types {
  const known = new Map<number, ReturnType<Types>>();
  return (given) => {
    if (known.has(given.id)) return known.get(given.id);
    const symbol = (given.flags & SymbolFlags.Alias) === 0 ? given : checker.getAliasedSymbol(given);
    const declared = symbol.declarations?.[0]?.path ?? '';
    const type = declared.startsWith(`${root}/src/`) ? undefined : checker.getTypeOfSymbol(symbol);
    const isWait = type !== undefined && /Promise|Thenable|Async(?:Iter|Gen)/.test(textOf(checker, type));
    const from =
      declared
        .split('/node_modules/')
        .at(-1)
        ?.replace(/^@typescript\/.*\/lib\//, '') ?? '';
    const what = symbol.name === 'Promise' ? 'new Promise' : symbol.name;
    const found = isWait ? { what, from } : undefined;
    known.set(given.id, found);
    return found;
  };
}

/** A function that is a namespace too is written `typeof promisify`: what it gives says more. */
function textOf(checker: Project['checker'], type: Type): string {
  const results = checker.getSignaturesOfType(type, SignatureKind.Call).map((signature) => {
    const result = checker.getReturnTypeOfSignature(signature);
    return result === undefined ? '' : checker.typeToString(result);
  });
  return [checker.typeToString(type), ...results].join(' ');
}
