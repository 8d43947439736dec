import { type Body, validationError } from './wire.ts';

/** A document path: `['m', 'x', 0]`. */
type Path = (string | number)[];

/** A node of dynalite's expression trees: an operation on arguments, a path, or a literal attribute value. */
type Node = Path | { type?: string; args?: Node[]; M?: unknown; L?: unknown };

interface UpdateSection {
  readonly type: 'set' | 'remove' | 'add' | 'delete';
  readonly path: Path;
  readonly val?: Node;
}

const COMPARISONS = new Set(['=', '<>', 'in']);

/**
 * Refuses, loudly, what dynalite would quietly get wrong:
 * it compares maps and lists by identity, so that they are never equal;
 * and it lets an attribute and its copy share one value, so that `SET b = a ADD a :n` changes both.
 */
export function refuseUnsupported(data: Body): void {
  for (const member of ['_condition', '_filter']) {
    const parsed = data[member] as { expression: Node } | undefined;
    if (parsed !== undefined && comparesDocuments(parsed.expression)) {
      throw validationError('The embedded engine cannot compare maps or lists; run on the reference engine');
    }
  }
  const sections = (data._updates as { sections: UpdateSection[] } | undefined)?.sections ?? [];
  const changed = sections
    .filter(({ type }) => type === 'add' || type === 'delete')
    .map(({ path }) => path[0]);
  const copied = sections.flatMap(({ type, val }) =>
    type === 'set' && val !== undefined ? copiedAttributes(val) : [],
  );
  if (copied.some((attribute) => changed.includes(attribute))) {
    throw validationError(
      'The embedded engine cannot copy an attribute that the same update adds to or deletes from',
    );
  }
}

function comparesDocuments(node: Node): boolean {
  if (Array.isArray(node)) return false;
  const args = node.args ?? [];
  const isComparison = COMPARISONS.has(node.type ?? '');
  return (isComparison && args.some(isDocument)) || args.some(comparesDocuments);
}

function isDocument(node: Node): boolean {
  return !Array.isArray(node) && (node.M !== undefined || node.L !== undefined);
}

/** Attributes whose very value, not a result computed from it, ends up in the item. */
function copiedAttributes(node: Node): (string | number | undefined)[] {
  if (Array.isArray(node)) return [node[0]];
  return node.type === 'function' ? (node.args ?? []).flatMap(copiedAttributes) : [];
}
