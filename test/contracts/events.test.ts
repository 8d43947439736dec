import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contracts } from '../../functions/contracts/events.ts';

/** One row per contract, fields in their order; the document is right when it holds exactly these rows. */
function row(contract: (typeof contracts)[number]): string {
  const { properties, required = [] } = z.toJSONSchema(contract.detail, { unrepresentable: 'any' });
  const fields = Object.keys(properties ?? {})
    .filter((name) => !['eventId', 'tenantId', 'at'].includes(name))
    .map((name) => (required.includes(name) ? `\`${name}\`` : `\`${name}\`?`));
  return `| \`${contract.detailType}\` | \`${contract.source}\` | ${contract.when} | ${fields.join(', ')} |`;
}

describe('docs/events.md', () => {
  it('lists every event of the bus with its fields, and no other', async () => {
    const text = await readFile(new URL('../../docs/events.md', import.meta.url), 'utf8');

    const rows = text.split('\n').filter((line) => line.startsWith('| `'));

    expect(rows).toEqual(contracts.map(row));
  });
});

describe('the contracts', () => {
  it('have one name per event and version', () => {
    const names = contracts.map(({ detailType }) => detailType);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Za-z]+\.v\d+$/);
  });

  it('let fields pass that a newer producer adds', () => {
    const [contract] = contracts;
    const detail = { eventId: 'e', tenantId: 't', at: 1, stationId: 'CP1', online: true, later: 'news' };

    expect(contract.detail.parse(detail)).toEqual(detail);
  });
});
