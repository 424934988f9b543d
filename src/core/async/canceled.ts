/** The error of work that was canceled, whenever that was: before the request, during it, or between two of them. */
export function createCanceledError(): Error {
  const error = new Error('The operation was canceled');
  error.name = 'AbortError';
  return error;
}

/** Whether work ended because it was canceled; `Canceled` is the name of VS Code's own error. */
export function isCanceled(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled');
}
