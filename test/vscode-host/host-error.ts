/** A problem of the environment. The message says what is wrong and what to do, and is shown without a stack. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** Returns the text to show for a thrown value: the message of a HostError, the stack of any other error. */
export function describeFailure(error: unknown): string {
  if (error instanceof HostError) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Returns the `code` of a Node system error, for example `ENOENT`, or undefined for other values. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
