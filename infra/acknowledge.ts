import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts findings of cdk-nag on a construct and all below it, each with the reason why. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(construct).acknowledge({ id, reason });
}

/** Accepts one resource with a wildcard in the policies of a construct. */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  acknowledge(construct, { [`AwsSolutions-IAM5[Resource::${asNagReadsIt(construct, resource)}]`]: reason });
}

/**
 * Text with references written as cdk-nag writes them in its finding ids: `<AWS::Region>`, `<LogicalId>`,
 * `<LogicalId.Arn>`, and an import by the name of the export.
 */
function asNagReadsIt(construct: IConstruct, text: string): string {
  const resolved: unknown = Stack.of(construct).resolve(text);
  if (typeof resolved === 'string') return resolved;
  const [, parts] = (resolved as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : referenceText(part as Reference))).join('');
}

type Reference = { Ref: string } | { 'Fn::GetAtt': string[] } | { 'Fn::ImportValue': string };

function referenceText(reference: Reference): string {
  if ('Ref' in reference) return `<${reference.Ref}>`;
  if ('Fn::GetAtt' in reference) return `<${reference['Fn::GetAtt'].join('.')}>`;
  return reference['Fn::ImportValue'];
}
