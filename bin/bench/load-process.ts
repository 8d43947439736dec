import { type LoadOrder, runLoad } from './load.ts';

/** The load runs in a process of its own, so that its work is not counted as the system's. */
process.once('message', (order: LoadOrder) => {
  runLoad(order, (measuring) => process.send?.({ measuring }))
    .then((report) => process.send?.({ report }, undefined, {}, () => process.exit(0)))
    .catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
});
