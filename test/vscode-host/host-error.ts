/** Something outside this code is missing or in the way; the message is one sentence a person can act on, without a stack. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** The text to show for any thrown value: the sentence of a HostError, the stack of a real mistake. */
export function describeFailure(error: unknown): string {
  if (error instanceof HostError) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The `code` of a Node system error (ENOENT, EADDRINUSE …), if the value has one. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
