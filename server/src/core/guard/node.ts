// A shell text as the grammar reads it. The host's parser gives trees of this form.
export interface ShellNode {
  readonly type: string;
  readonly text: string;
  /** Offset in UTF-16 units of the whole text. */
  readonly start: number;
  readonly children: readonly ShellNode[];
  /** What the grammar does not know, or what it had to add to go on. */
  readonly isError: boolean;
}

/** Reads a further text, such as the one behind `sh -c`. Undefined: nested too deep to be read. */
export type ParseShell = (text: string) => ShellNode | undefined;

/** The first place that the grammar could not read, if there is one. */
export function errorIn(node: ShellNode): ShellNode | undefined {
  if (node.isError) return node;
  for (const child of node.children) {
    const found = errorIn(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every node of a kind below, not looking inside one that is found. */
export function nodesOf(node: ShellNode, types: ReadonlySet<string>): ShellNode[] {
  if (types.has(node.type)) return [node];
  return node.children.length === 0 ? [] : node.children.flatMap((child) => nodesOf(child, types));
}
