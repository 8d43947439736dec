import { type ConditionTest, compileConditions } from './conditions.ts';
import { glob, type TextTest } from './glob.ts';

/** One statement of a principal's policies. Patterns may hold `*` and `?`. */
export interface PolicyStatement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  /** Instead of `actions`: everything but these. */
  notActions?: string[];
  resources: string[];
  /** Instead of `resources`: everything but these. */
  notResources?: string[];
  conditions?: Record<string, Record<string, string | string[]>>;
}

/** A call to be judged: `dynamodb:GetItem` on an ARN, with what the request tells about itself. */
export interface AccessRequest {
  action: string;
  resource: string;
  context?: Record<string, string | string[]>;
}

interface CompiledStatement {
  allows: boolean;
  action: TextTest;
  resource: TextTest;
  condition: ConditionTest | undefined;
}

interface CompiledPolicy {
  statements: CompiledStatement[];
  byAction: Map<string, CompiledStatement[]>;
}

const compiledPolicies = new WeakMap<readonly PolicyStatement[], CompiledPolicy>();

/**
 * Whether these statements together allow the request: an explicit Deny wins, then one Allow is needed
 * (IAM guide, "Policy evaluation logic"). The compiled form is kept by the identity of the array, so pass the same
 * array each time and do not change it afterwards. Throws on a condition it cannot judge.
 */
export function isAllowed(statements: readonly PolicyStatement[], request: AccessRequest): boolean {
  const policy = compilePolicy(statements);
  const action = request.action.toLowerCase();
  let concerned = policy.byAction.get(action);
  if (!concerned) {
    concerned = policy.statements.filter((statement) => statement.action(action));
    policy.byAction.set(action, concerned);
  }
  const context = request.context ?? {};
  let allowed = false;
  for (const statement of concerned) {
    if (allowed && statement.allows) continue;
    if (!statement.resource(request.resource)) continue;
    if (statement.condition && !statement.condition(context)) continue;
    if (!statement.allows) return false;
    allowed = true;
  }
  return allowed;
}

/** Compiles statements ahead of their first use, so that one that cannot be judged fails at start. */
export function assertPolicyIsKnown(statements: readonly PolicyStatement[]): void {
  compilePolicy(statements);
}

function compilePolicy(statements: readonly PolicyStatement[]): CompiledPolicy {
  const known = compiledPolicies.get(statements);
  if (known) return known;
  const policy: CompiledPolicy = { statements: statements.map(compileStatement), byAction: new Map() };
  compiledPolicies.set(statements, policy);
  return policy;
}

function compileStatement(statement: PolicyStatement): CompiledStatement {
  const lower = (patterns: string[]) => patterns.map((pattern) => pattern.toLowerCase());
  return {
    allows: statement.effect === 'Allow',
    action: statement.notActions ? noneOf(lower(statement.notActions)) : anyOf(lower(statement.actions)),
    resource: statement.notResources ? noneOf(statement.notResources) : anyOf(statement.resources),
    condition: statement.conditions ? compileConditions(statement.conditions) : undefined,
  };
}

function anyOf(patterns: string[]): TextTest {
  const tests = patterns.map(glob);
  return (text) => tests.some((test) => test(text));
}

function noneOf(patterns: string[]): TextTest {
  const any = anyOf(patterns);
  return (text) => !any(text);
}
