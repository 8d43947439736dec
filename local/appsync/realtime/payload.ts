import { type FragmentDefinitionNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(
  set: SelectionSetNode | undefined,
  fragments: Fragments,
): Exclude<SelectionNode, { kind: Kind.FRAGMENT_SPREAD | Kind.INLINE_FRAGMENT }>[] {
  return (set?.selections ?? []).flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node];
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
    return fieldsOf(inner?.selectionSet, fragments);
  });
}

function merge(known: unknown, value: unknown): unknown {
  if (Array.isArray(known) && Array.isArray(value))
    return value.map((item, index) => merge(known[index], item));
  return isRecord(known) && isRecord(value) ? { ...known, ...value } : value;
}

/**
 * What a mutation publishes: its answer with the schema's field names in place of aliases. A field the mutation
 * did not select is absent.
 */
function toPublished(answer: unknown, set: SelectionSetNode | undefined, fragments: Fragments): unknown {
  if (Array.isArray(answer)) return answer.map((item) => toPublished(item, set, fragments));
  if (!isRecord(answer)) return answer;
  const published: Record<string, unknown> = {};
  for (const node of fieldsOf(set, fragments)) {
    const key = (node.alias ?? node.name).value;
    if (!Object.hasOwn(answer, key)) continue;
    const value =
      node.selectionSet === undefined ? answer[key] : toPublished(answer[key], node.selectionSet, fragments);
    published[node.name.value] = merge(published[node.name.value], value);
  }
  return published;
}

/** The root fields of an operation with what each published, in the order of the document. */
export function publishedFields(
  data: unknown,
  set: SelectionSetNode,
  fragments: Fragments,
): { readonly fieldName: string; readonly payload: unknown }[] {
  if (!isRecord(data)) return [];
  return fieldsOf(set, fragments).flatMap((node) => {
    const answer = data[(node.alias ?? node.name).value];
    if (answer === undefined || answer === null) return [];
    return [{ fieldName: node.name.value, payload: toPublished(answer, node.selectionSet, fragments) }];
  });
}
