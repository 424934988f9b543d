/** Returns a function that loads at its first call. After a failure, the next call loads again. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return async () => {
    if (!loading) {
      const started = load();
      loading = started;
      started.catch(() => {
        loading = undefined;
      });
    }
    return loading;
  };
}
