import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataStack } from '../stacks/data-stack.ts';
import type { StageConfig } from '../stages.ts';
import type { CsmsFunction } from './csms-function.ts';
import { readItems, writeItems } from './csms-table.ts';
import { QueueWorker } from './worker.ts';

/**
 * Things to be done at a moment of their own: messages that a queue keeps back, for fifteen minutes at a time, until
 * they are due, and the function that then does them.
 */
export class Timers extends QueueWorker {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly stage: StageConfig; readonly data: DataStack },
  ) {
    super(scope, id, {
      ...props,
      door: 'workers/timers',
      description: 'Does what was set for a moment that has come',
      tables: { registry: [...readItems, ...writeItems], operations: [...readItems, ...writeItems] },
      timeout: Duration.seconds(15),
      // Messages are delayed for up to 15 minutes, which counts as age.
      oldestAllowed: Duration.minutes(20),
    });
    this.maySet(this.worker);
  }

  /** Lets a function set timers, by the setting `TIMERS_QUEUE_URL`. */
  maySet(setter: CsmsFunction): void {
    this.queue.filledBy(setter, 'TIMERS_QUEUE_URL');
  }
}
