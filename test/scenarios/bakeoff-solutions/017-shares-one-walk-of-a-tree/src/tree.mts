export interface Node {
  readonly name: string;
  readonly size: number;
  readonly children: readonly Node[];
}

/** Each node with its depth: a parent before its children, children in their order. */
export function* walk(root: Node): Generator<{ readonly node: Node; readonly depth: number }> {
  const open: { readonly children: readonly Node[]; next: number }[] = [{ children: [root], next: 0 }];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    if (level.next === level.children.length) {
      open.pop();
      continue;
    }
    const node = level.children[level.next] as Node;
    level.next += 1;
    yield { node, depth: open.length - 1 };
    open.push({ children: node.children, next: 0 });
  }
}

export function totalSize(root: Node): number {
  let total = 0;
  for (const { node } of walk(root)) total += node.size;
  return total;
}

/** How many levels lie below the node. */
export function deepest(root: Node): number {
  let most = 0;
  for (const { depth } of walk(root)) most = Math.max(most, depth);
  return most;
}

/** The first node of that name, a parent before its children. */
export function find(root: Node, name: string): Node | undefined {
  for (const { node } of walk(root)) if (node.name === name) return node;
  return undefined;
}
