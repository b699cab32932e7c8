export interface Node {
  readonly name: string;
  readonly size: number;
  readonly children: readonly Node[];
}

export function totalSize(node: Node): number {
  let total = node.size;
  for (const child of node.children) total += totalSize(child);
  return total;
}

/** How many levels lie below the node. */
export function deepest(node: Node): number {
  let depth = 0;
  for (const child of node.children) {
    const below = 1 + deepest(child);
    if (below > depth) depth = below;
  }
  return depth;
}

/** The first node of that name, a parent before its children. */
export function find(node: Node, name: string): Node | undefined {
  if (node.name === name) return node;
  for (const child of node.children) {
    const found = find(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
