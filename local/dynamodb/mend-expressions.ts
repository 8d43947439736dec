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
 * Puts right what dynalite's expression engine gets wrong, and refuses loudly what cannot be put right.
 * `REMOVE l[0], l[1]` means the indexes before the update: elements are removed from the back.
 * Maps and lists are compared by identity, so that they are never equal: refused.
 * An attribute and its copy share one value, so that `SET b = a ADD a :n` would change both: refused.
 */
export function mendExpressions(data: Body): void {
  for (const member of ['_condition', '_filter']) {
    const parsed = data[member] as { expression: Node } | undefined;
    if (parsed !== undefined && comparesDocuments(parsed.expression)) {
      throw validationError('The embedded engine cannot compare maps or lists; run on the reference engine');
    }
  }
  const updates = data._updates as { sections: UpdateSection[] } | undefined;
  if (updates === undefined) return;
  refuseSharedCopies(updates.sections);
  updates.sections.sort((left, right) => removalRank(left) - removalRank(right) || backToFront(left, right));
}

function refuseSharedCopies(sections: readonly UpdateSection[]): void {
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

/** 1 for the removal of a list element, which shifts the elements behind it, and so comes last. */
function removalRank({ type, path }: UpdateSection): number {
  return type === 'remove' && typeof path.at(-1) === 'number' ? 1 : 0;
}

function backToFront(left: UpdateSection, right: UpdateSection): number {
  if (removalRank(left) === 0) return 0;
  return right.path.length - left.path.length || Number(right.path.at(-1)) - Number(left.path.at(-1));
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
