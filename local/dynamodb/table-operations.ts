import { randomUUID } from 'node:crypto';
import { ChangeStream } from './change-stream.ts';
import type { ItemActions } from './item-actions.ts';
import type { Store } from './store.ts';
import { Table, type TableDescription, type TableSettings } from './table.ts';
import { asList, asObject, type Body, serviceError, validationError } from './wire.ts';

const DEFAULT_RECOVERY_DAYS = 35;
const LIST_LIMIT = 100;
const ON_DEMAND = { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 };

/** Tables and their settings. A table is active at once; nothing here waits as AWS does. */
export class TableOperations {
  readonly #store: Store;
  readonly #actions: ItemActions;

  constructor(store: Store, actions: ItemActions) {
    this.#store = store;
    this.#actions = actions;
  }

  createTable(input: Body): Body {
    const data = this.#actions.check('CreateTable', input) as Body & TableDescription;
    if (this.#store.has(data.TableName)) {
      throw serviceError('ResourceInUseException', `Table already exists: ${data.TableName}`);
    }
    const description = this.#newDescription(data, input);
    const settings: TableSettings = { description, tags: tagsOf(input.Tags), streams: [] };
    const table = new Table(settings);
    this.#setStream(table, input.StreamSpecification);
    this.#store.saveTable(table);
    return { TableDescription: { ...describe(table), TableStatus: 'CREATING' } };
  }

  updateTable(input: Body): Body {
    const table = this.#namedTable(input);
    const { description } = table.settings;
    for (const member of ['DeletionProtectionEnabled', 'SSESpecification'] as const) {
      if (input[member] !== undefined) Object.assign(description, { [member]: input[member] });
    }
    if (input.AttributeDefinitions !== undefined)
      mergeAttributes(description, asList(input.AttributeDefinitions));
    if (input.BillingMode !== undefined) description.BillingModeSummary = { BillingMode: input.BillingMode };
    if (input.ProvisionedThroughput !== undefined) {
      description.ProvisionedThroughput = { ...ON_DEMAND, ...asObject(input.ProvisionedThroughput) };
    }
    for (const update of asList(input.GlobalSecondaryIndexUpdates))
      this.#updateIndex(table, asObject(update));
    this.#setStream(table, input.StreamSpecification);
    this.#store.saveTable(table);
    return { TableDescription: { ...describe(table), TableStatus: 'UPDATING' } };
  }

  deleteTable(input: Body): Body {
    const table = this.#namedTable(input);
    if (table.settings.description.DeletionProtectionEnabled === true) {
      throw validationError(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    this.#store.dropTable(table);
    return { TableDescription: { ...describe(table), TableStatus: 'DELETING' } };
  }

  describeTable(input: Body): Body {
    return { Table: describe(this.#namedTable(input)) };
  }

  listTables(input: Body): Body {
    const start = String(input.ExclusiveStartTableName ?? '');
    const limit = Number(input.Limit ?? LIST_LIMIT);
    const names = this.#store.names().filter((name) => name > start);
    const page = names.slice(0, limit);
    return { TableNames: page, ...(names.length > limit ? { LastEvaluatedTableName: page.at(-1) } : {}) };
  }

  updateTimeToLive(input: Body): Body {
    const table = this.#namedTable(input);
    const { Enabled: isEnabled, AttributeName: attribute } = asObject(input.TimeToLiveSpecification);
    const current = table.settings.timeToLiveAttribute;
    if (isEnabled === true && current !== undefined) throw validationError('TimeToLive is already enabled');
    if (isEnabled !== true && current === undefined) throw validationError('TimeToLive is already disabled');
    if (isEnabled !== true && current !== attribute) {
      throw validationError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
      );
    }
    if (isEnabled === true) table.settings.timeToLiveAttribute = String(attribute);
    else delete table.settings.timeToLiveAttribute;
    table.expireBy(table.settings.timeToLiveAttribute);
    this.#store.saveTable(table);
    return { TimeToLiveSpecification: { Enabled: isEnabled === true, AttributeName: attribute } };
  }

  describeTimeToLive(input: Body): Body {
    const attribute = this.#namedTable(input).settings.timeToLiveAttribute;
    const status = attribute === undefined ? { TimeToLiveStatus: 'DISABLED' } : enabledTimeToLive(attribute);
    return { TimeToLiveDescription: status };
  }

  updateContinuousBackups(input: Body): Body {
    const table = this.#namedTable(input);
    const specification = asObject(input.PointInTimeRecoverySpecification);
    if (specification.PointInTimeRecoveryEnabled === true) {
      const periodDays = Number(specification.RecoveryPeriodInDays ?? DEFAULT_RECOVERY_DAYS);
      const enabledAtMs = table.settings.pointInTimeRecovery?.enabledAtMs ?? Date.now();
      table.settings.pointInTimeRecovery = { enabledAtMs, periodDays };
    } else {
      delete table.settings.pointInTimeRecovery;
    }
    this.#store.saveTable(table);
    return this.describeContinuousBackups(input);
  }

  describeContinuousBackups(input: Body): Body {
    const recovery = this.#namedTable(input).settings.pointInTimeRecovery;
    const description =
      recovery === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: recovery.periodDays,
            EarliestRestorableDateTime: Math.floor(recovery.enabledAtMs / 1000),
            LatestRestorableDateTime: Math.floor(Date.now() / 1000),
          };
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: description,
      },
    };
  }

  tagResource(input: Body): Body {
    const table = this.#tableOfArn(input.ResourceArn);
    Object.assign(table.settings.tags, tagsOf(input.Tags));
    this.#store.saveTable(table);
    return {};
  }

  untagResource(input: Body): Body {
    const table = this.#tableOfArn(input.ResourceArn);
    for (const key of asList(input.TagKeys)) delete table.settings.tags[String(key)];
    this.#store.saveTable(table);
    return {};
  }

  listTagsOfResource(input: Body): Body {
    const { tags } = this.#tableOfArn(input.ResourceArn).settings;
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  }

  #namedTable(input: Body): Table {
    const name = String(input.TableName);
    if (this.#store.has(name)) return this.#store.table(name);
    throw serviceError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
  }

  #tableOfArn(arn: unknown): Table {
    return this.#namedTable({ TableName: String(arn).split(':table/')[1] });
  }

  #newDescription(data: TableDescription, input: Body): TableDescription {
    const { region, account } = this.#store.location;
    const TableArn = `arn:aws:dynamodb:${region}:${account}:table/${data.TableName}`;
    const { BillingMode, ProvisionedThroughput, ...schema } = data as TableDescription & Body;
    return {
      ...schema,
      TableArn,
      TableId: randomUUID(),
      TableStatus: 'ACTIVE',
      CreationDateTime: Math.floor(Date.now() / 1000),
      ProvisionedThroughput: { ...ON_DEMAND, ...asObject(ProvisionedThroughput) },
      ...(BillingMode === 'PAY_PER_REQUEST' ? { BillingModeSummary: { BillingMode } } : {}),
      ...(input.SSESpecification === undefined ? {} : { SSESpecification: input.SSESpecification }),
      DeletionProtectionEnabled: input.DeletionProtectionEnabled === true,
    };
  }

  #setStream(table: Table, specification: unknown): void {
    if (specification === undefined) return;
    const { StreamEnabled: isEnabled, StreamViewType: viewType } = asObject(specification);
    const current = table.openStream;
    if (isEnabled === true && current !== undefined) {
      throw validationError(`Table already has an enabled stream: TableName: ${table.name}`);
    }
    if (isEnabled !== true && current === undefined) {
      throw validationError('One or more parameter values were invalid: Table has no stream to disable');
    }
    if (current !== undefined)
      current.settings.closedAfter = Math.max(current.lastSequence, this.#store.lastSequence);
    if (isEnabled !== true) return;
    const createdAtMs = Math.max(Date.now(), (table.streams.at(-1)?.settings.createdAtMs ?? 0) + 1);
    const label = new Date(createdAtMs).toISOString().slice(0, -1);
    const settings = { label, viewType: String(viewType), createdAtMs };
    table.settings.streams.push(settings);
    table.streams.push(new ChangeStream(settings));
  }

  #updateIndex(table: Table, update: Body): void {
    const { description } = table.settings;
    const indexes = description.GlobalSecondaryIndexes ?? [];
    if (update.Create !== undefined) {
      const definition = asObject(update.Create) as unknown as DynaliteIndex;
      if (table.indexes.has(definition.IndexName)) {
        throw validationError(`Attempting to create an index which already exists: ${definition.IndexName}`);
      }
      description.GlobalSecondaryIndexes = [...indexes, definition];
      table.addIndex(definition, false);
    }
    if (update.Delete !== undefined) {
      const name = String(asObject(update.Delete).IndexName);
      if (!table.indexes.delete(name)) {
        throw serviceError(
          'ResourceNotFoundException',
          `Requested resource not found: Index: ${name} not found`,
        );
      }
      description.GlobalSecondaryIndexes = indexes.filter(({ IndexName }) => IndexName !== name);
    }
  }
}

/** The description as DescribeTable answers it, with live counts. */
function describe(table: Table): Body {
  const { description } = table.settings;
  const latest = table.streams.at(-1);
  const open = table.openStream;
  const withCounts = (isLocal: boolean) => (definition: DynaliteIndex) => ({
    ...definition,
    IndexArn: `${description.TableArn}/index/${definition.IndexName}`,
    ItemCount: table.indexes.get(definition.IndexName)?.entries.size ?? 0,
    IndexSizeBytes: 0,
    ...(isLocal ? {} : { IndexStatus: 'ACTIVE', ProvisionedThroughput: ON_DEMAND }),
  });
  return {
    ...description,
    ItemCount: table.items.size,
    TableSizeBytes: 0,
    GlobalSecondaryIndexes: description.GlobalSecondaryIndexes?.map(withCounts(false)),
    LocalSecondaryIndexes: description.LocalSecondaryIndexes?.map(withCounts(true)),
    ...(latest === undefined
      ? {}
      : {
          LatestStreamArn: `${description.TableArn}/stream/${latest.settings.label}`,
          LatestStreamLabel: latest.settings.label,
        }),
    ...(open === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: open.settings.viewType } }),
  };
}

function enabledTimeToLive(AttributeName: string): Body {
  return { TimeToLiveStatus: 'ENABLED', AttributeName };
}

function mergeAttributes(description: TableDescription, added: unknown[]): void {
  const known = new Set(description.AttributeDefinitions.map(({ AttributeName }) => AttributeName));
  for (const definition of added as DynaliteTable['AttributeDefinitions']) {
    if (!known.has(definition.AttributeName)) description.AttributeDefinitions.push(definition);
  }
}

function tagsOf(tags: unknown): Record<string, string> {
  return Object.fromEntries(
    asList(tags)
      .map(asObject)
      .map(({ Key, Value }) => [String(Key), String(Value)]),
  );
}
