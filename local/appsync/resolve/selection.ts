import { type FragmentDefinitionNode, Kind, print, type SelectionNode, type SelectionSetNode } from 'graphql';

type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>;
type Variables = Readonly<Record<string, unknown>>;

function isIncluded(node: SelectionNode, variables: Variables): boolean {
  return (node.directives ?? []).every((directive) => {
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    const condition =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value]
        : value?.kind === Kind.BOOLEAN && value.value;
    if (directive.name.value === 'include') return condition === true;
    return directive.name.value !== 'skip' || condition !== true;
  });
}

/**
 * `ctx.info.selectionSetList`: every selected field below a field as `parent/child`, by alias where there is one.
 * https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
 */
export function selectionSetList(
  sets: readonly (SelectionSetNode | undefined)[],
  fragments: Fragments,
  variables: Variables,
  prefix = '',
): string[] {
  const paths = sets
    .flatMap((set) => set?.selections ?? [])
    .filter((node) => isIncluded(node, variables))
    .flatMap((node): string[] => {
      if (node.kind === Kind.FIELD) {
        const path = prefix + (node.alias ?? node.name).value;
        return [path, ...selectionSetList([node.selectionSet], fragments, variables, `${path}/`)];
      }
      const set = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
      return selectionSetList([set?.selectionSet], fragments, variables, prefix);
    });
  return [...new Set(paths)];
}

/** `ctx.info.selectionSetGraphQL`: the selection set as text. */
export function selectionSetText(sets: readonly (SelectionSetNode | undefined)[]): string {
  return sets.flatMap((set) => (set === undefined ? [] : [print(set)])).join('\n');
}

/** Keeps of an error's `data` what the query selected, as AppSync does. */
export function keepSelected(data: unknown, list: readonly string[], prefix = ''): unknown {
  if (Array.isArray(data)) return data.map((item) => keepSelected(item, list, prefix));
  if (typeof data !== 'object' || data === null || list.length === 0) return data ?? null;
  return Object.fromEntries(
    Object.entries(data)
      .filter(([key]) => list.includes(prefix + key))
      .map(([key, value]) => {
        const nested = list.some((path) => path.startsWith(`${prefix}${key}/`));
        return [key, nested ? keepSelected(value, list, `${prefix}${key}/`) : value];
      }),
  );
}
