/** Runs jobs one at a time, in the order of the calls. After a failed job, the next job still runs. */
export type SerialQueue = <T>(job: () => Promise<T>) => Promise<T>;

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return async (job) => {
    const result = last.then(job, job);
    last = result.catch(() => {});
    return result;
  };
}

/** Runs work with the same key one after another, and other work at the same time. */
export type KeyedQueue = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createKeyedQueue(): KeyedQueue {
  const queues = new Map<string, { readonly run: ReturnType<typeof createSerialQueue>; waiting: number }>();
  return async (key, work) => {
    const queue = queues.get(key) ?? { run: createSerialQueue(), waiting: 0 };
    queues.set(key, queue);
    queue.waiting += 1;
    try {
      return await queue.run(work);
    } finally {
      queue.waiting -= 1;
      if (queue.waiting === 0) {
        queues.delete(key);
      }
    }
  };
}
