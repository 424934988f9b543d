/** Runs jobs one after the other, in the order they came. A job that fails does not keep the next from running. */
export type SerialQueue = <T>(job: () => Promise<T>) => Promise<T>;

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return async (job) => {
    const result = last.then(job, job);
    last = result.catch(() => {});
    return result;
  };
}
