import type { Stack } from './assembly.ts';
import { accountId, partition, region, urlSuffix } from './pseudo.ts';

/** What references need to know of the resources they point to. */
export interface ReferenceTarget {
  ref: string;
  attribute(name: string): unknown;
}

/** Finds a resource of a stack; undefined when the stack has none of that name. */
export type FindResource = (stack: Stack, logicalId: string) => ReferenceTarget | undefined;

/** Evaluates the intrinsic functions of a stack's template. */
export interface Resolver {
  /** The value with every intrinsic function replaced by what it gives. Throws on one it does not know. */
  resolve(value: unknown, stack: Stack): unknown;
  /** Whether a named condition of the stack holds. */
  condition(name: string, stack: Stack): boolean;
}

/** Takes the place of `AWS::NoValue`: whatever holds it is left out. */
const noValue = Symbol('AWS::NoValue');

/**
 * A resolver over all stacks of one assembly, so that exports and stack outputs cross from one to the other
 * (CloudFormation reference, "Intrinsic function reference").
 */
export function createResolver(stacks: readonly Stack[], find: FindResource): Resolver {
  return new TemplateResolver(stacks, find);
}

class TemplateResolver implements Resolver {
  readonly #stacks: readonly Stack[];
  readonly #find: FindResource;

  constructor(stacks: readonly Stack[], find: FindResource) {
    this.#stacks = stacks;
    this.#find = find;
  }

  resolve(value: unknown, stack: Stack): unknown {
    if (Array.isArray(value)) {
      return value.map((each) => this.resolve(each, stack)).filter((each) => each !== noValue);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && isIntrinsicName(only[0])) {
      const intrinsic = intrinsics[only[0]];
      if (!intrinsic) throw new Error(`${stack.name}: intrinsic function ${only[0]} is not known here`);
      return intrinsic(only[1], stack, this);
    }
    return Object.fromEntries(
      entries.map(([key, each]) => [key, this.resolve(each, stack)]).filter(([, each]) => each !== noValue),
    );
  }

  condition(name: string, stack: Stack): boolean {
    if (!(name in stack.template.Conditions)) throw new Error(`${stack.name}: no condition ${name}`);
    return this.truth(stack.template.Conditions[name], stack);
  }

  text(value: unknown, stack: Stack): string {
    return String(this.resolve(value, stack));
  }

  list(value: unknown, stack: Stack): unknown[] {
    const resolved = this.resolve(value, stack);
    if (!Array.isArray(resolved))
      throw new Error(`${stack.name}: expected a list, got ${JSON.stringify(value)}`);
    return resolved;
  }

  truth(value: unknown, stack: Stack): boolean {
    const named = conditionName(value);
    if (named !== undefined) return this.condition(named, stack);
    const resolved = this.resolve(value, stack);
    return resolved === true || resolved === 'true';
  }

  reference(name: string, stack: Stack): unknown {
    const pseudo = pseudoParameter(name, stack);
    if (pseudo !== undefined) return pseudo;
    const target = this.#find(stack, name);
    if (target) return target.ref;
    const parameter = stack.template.Parameters[name];
    if (parameter) return stack.parameters[name] ?? parameter.Default ?? '';
    throw new Error(`${stack.name}: Ref to unknown ${name}`);
  }

  attribute(logicalId: string, name: string, stack: Stack): unknown {
    const target = this.#find(stack, logicalId);
    if (!target) throw new Error(`${stack.name}: Fn::GetAtt on unknown ${logicalId}`);
    return target.attribute(name);
  }

  output(stackName: string, name: string): unknown {
    const producer = this.#stacks.find((stack) => stack.name === stackName);
    const found = producer?.template.Outputs[name];
    if (!producer || !found) throw new Error(`No output ${name} in stack ${stackName}`);
    return this.resolve(found.Value, producer);
  }

  exported(name: string): unknown {
    for (const stack of this.#stacks) {
      for (const each of Object.values(stack.template.Outputs)) {
        if (each.Export && this.text(each.Export.Name, stack) === name)
          return this.resolve(each.Value, stack);
      }
    }
    throw new Error(`No stack exports ${name}`);
  }
}

type Intrinsic = (argument: unknown, stack: Stack, to: TemplateResolver) => unknown;

const intrinsics: Record<string, Intrinsic> = {
  Ref: (argument, stack, to) => to.reference(String(argument), stack),
  'Fn::GetAtt': (argument, stack, to) => {
    const [logicalId = '', ...name] = Array.isArray(argument) ? argument : String(argument).split('.');
    return to.attribute(String(logicalId), name.map((part) => to.text(part, stack)).join('.'), stack);
  },
  'Fn::Join': (argument, stack, to) => {
    const [separator, parts] = argument as [string, unknown];
    return to.list(parts, stack).map(String).join(separator);
  },
  'Fn::Sub': substitute,
  'Fn::Select': (argument, stack, to) => {
    const [index, items] = argument as [unknown, unknown];
    return to.list(items, stack)[Number(to.resolve(index, stack))];
  },
  'Fn::Split': (argument, stack, to) => {
    const [separator, whole] = argument as [string, unknown];
    return to.text(whole, stack).split(separator);
  },
  'Fn::Base64': (argument, stack, to) => Buffer.from(to.text(argument, stack)).toString('base64'),
  'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
  'Fn::FindInMap': (argument, stack, to) => {
    const [map = '', first = '', second = ''] = to.list(argument, stack).map(String);
    const found = stack.template.Mappings[map]?.[first]?.[second];
    if (found === undefined) throw new Error(`${stack.name}: no mapping ${map}.${first}.${second}`);
    return found;
  },
  'Fn::ImportValue': (argument, stack, to) => to.exported(to.text(argument, stack)),
  'Fn::GetStackOutput': (argument, stack, to) => {
    const { StackName, OutputName } = to.resolve(argument, stack) as {
      StackName: string;
      OutputName: string;
    };
    return to.output(StackName, OutputName);
  },
  'Fn::If': (argument, stack, to) => {
    const [name, whenTrue, whenFalse] = argument as [string, unknown, unknown];
    return to.resolve(to.condition(name, stack) ? whenTrue : whenFalse, stack);
  },
  'Fn::Equals': (argument, stack, to) => {
    const [left, right] = to.list(argument, stack);
    return String(left) === String(right);
  },
  'Fn::And': (argument, stack, to) => (argument as unknown[]).every((each) => to.truth(each, stack)),
  'Fn::Or': (argument, stack, to) => (argument as unknown[]).some((each) => to.truth(each, stack)),
  'Fn::Not': (argument, stack, to) => !to.truth((argument as unknown[])[0], stack),
  'Fn::Contains': (argument, stack, to) => {
    const [items, item] = argument as [unknown, unknown];
    return to.list(items, stack).map(String).includes(to.text(item, stack));
  },
  'Fn::ToJsonString': (argument, stack, to) => JSON.stringify(to.resolve(argument, stack)),
  'Fn::Length': (argument, stack, to) => to.list(argument, stack).length,
};

function substitute(argument: unknown, stack: Stack, to: TemplateResolver): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const own = (variables as Record<string, unknown>)[name];
    if (own !== undefined) return to.text(own, stack);
    const dot = name.indexOf('.');
    if (dot === -1) return String(to.reference(name, stack));
    return String(to.attribute(name.slice(0, dot), name.slice(dot + 1), stack));
  });
}

/** The name in `{ Condition: name }`, which is a reference only inside another condition: policies use the word too. */
function conditionName(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('Condition' in value)) return undefined;
  return String(value.Condition);
}

function isIntrinsicName(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

function pseudoParameter(name: string, stack: Stack): unknown {
  switch (name) {
    case 'AWS::AccountId':
      return accountId;
    case 'AWS::Region':
      return region;
    case 'AWS::Partition':
      return partition;
    case 'AWS::URLSuffix':
      return urlSuffix;
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::StackId':
      return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stack.name}/local`;
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return noValue;
    default:
      return undefined;
  }
}
