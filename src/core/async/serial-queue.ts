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
