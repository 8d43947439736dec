import * as z from 'zod';
import type { Rule } from '../events/event-bus.ts';
import type { EventTargets, TargetSettings } from '../events/event-targets.ts';
import type { ScheduledRule } from '../events/schedules.ts';
import { compileInput } from '../events/target-input.ts';
import type { Model, Resource } from '../template/model.ts';
import { accountId, region } from '../template/pseudo.ts';

const retryPolicy = z.object({
  MaximumRetryAttempts: z.coerce.number().default(185),
  MaximumEventAgeInSeconds: z.coerce.number().default(86_400),
});
const deadLetter = z.object({ Arn: z.string().optional() }).optional();

const targetSchema = z.object({
  Arn: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z
    .object({ InputPathsMap: z.record(z.string(), z.string()).optional(), InputTemplate: z.string() })
    .optional(),
  AppSyncParameters: z.object({ GraphQLOperation: z.string() }).optional(),
  SqsParameters: z.object({ MessageGroupId: z.string() }).optional(),
  DeadLetterConfig: deadLetter,
  RetryPolicy: retryPolicy.optional(),
});

const ruleSchema = z.object({
  EventBusName: z.string().default('default'),
  EventPattern: z.unknown().optional(),
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z.array(targetSchema).default([]),
});

const scheduleSchema = z.object({
  ScheduleExpression: z.string(),
  State: z.string().default('ENABLED'),
  Target: z.object({
    Arn: z.string(),
    RoleArn: z.string(),
    Input: z.string().default('{}'),
    SqsParameters: z.object({ MessageGroupId: z.string() }).optional(),
    DeadLetterConfig: deadLetter,
    RetryPolicy: retryPolicy.optional(),
  }),
});

/** The rules that listen on buses. */
export function busRules(model: Model, targets: EventTargets): Rule[] {
  return model.ofType('AWS::Events::Rule').flatMap((resource) => {
    const rule = resource.read(ruleSchema);
    if (rule.EventPattern === undefined) return [];
    return {
      name: resource.ref,
      busName: rule.EventBusName.split('/').at(-1) ?? 'default',
      pattern: rule.EventPattern,
      enabled: rule.State !== 'DISABLED',
      targets: rule.Targets.map((target) => ({
        makeInput: compileInput(target, ruleFacts(resource)),
        accept: targets.acceptor(targetSettings(resource, target)),
      })),
    };
  });
}

/** The rules and schedules that the clock fires. */
export function scheduledRules(model: Model, targets: EventTargets): ScheduledRule[] {
  const rules = model.ofType('AWS::Events::Rule').flatMap((resource): ScheduledRule[] => {
    const rule = resource.read(ruleSchema);
    if (rule.ScheduleExpression === undefined) return [];
    const deliveries = rule.Targets.map((target) => ({
      makeInput: compileInput(target, ruleFacts(resource)),
      accept: targets.acceptor(targetSettings(resource, target)),
    }));
    const fire = (atMs: number) => {
      const event = scheduledEvent(resource, atMs);
      for (const { makeInput, accept } of deliveries) accept(makeInput(event, new Date().toISOString()));
    };
    return [scheduled(resource, rule.ScheduleExpression, rule.State, fire)];
  });
  const schedules = model.ofType('AWS::Scheduler::Schedule').map((resource) => {
    const { ScheduleExpression, State, Target } = resource.read(scheduleSchema);
    const accept = targets.acceptor(targetSettings(resource, Target));
    return scheduled(resource, ScheduleExpression, State, () => accept(Target.Input));
  });
  return [...rules, ...schedules];
}

function scheduled(
  resource: Resource,
  expression: string,
  state: string,
  fire: (atMs: number) => void,
): ScheduledRule {
  return { name: resource.logicalId, expression, enabled: state !== 'DISABLED', fire };
}

function scheduledEvent(resource: Resource, atMs: number): Record<string, unknown> {
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [resource.attribute('Arn')],
    detail: {},
  };
}

function ruleFacts(resource: Resource): { arn: string; name: string } {
  return { arn: resource.attribute('Arn'), name: resource.ref.split('|').at(-1) ?? resource.ref };
}

function targetSettings(
  resource: Resource,
  target: Omit<z.infer<typeof targetSchema>, 'Input'> & { Input?: unknown },
): TargetSettings {
  return {
    arn: target.Arn,
    ruleArn: resource.attribute('Arn'),
    roleArn: target.RoleArn,
    graphqlOperation: target.AppSyncParameters?.GraphQLOperation,
    messageGroupId: target.SqsParameters?.MessageGroupId,
    deadLetterArn: target.DeadLetterConfig?.Arn,
    maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
    maximumEventAgeMs: (target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1000,
  };
}
