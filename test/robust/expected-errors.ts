import { ApiError } from '../../src/core/api/api-error.ts';

/** The errors that the operations document. Any other one is a bug of the operation, not a way for it to stop. */
const NAMES: ReadonlySet<string> = new Set([
  ...['AbortError', 'AccountRemovedError', 'LeaseTakenError', 'KilledError'],
  ...['UncertainCreationError', 'DestinationConflictError', 'DestinationGoneError', 'DraftNeededError'],
  ...['PolicyConflictError', 'PolicyUnchangedError', 'LastMechanismError', 'MissingDestinationsError'],
  ...['StepUnavailableError', 'UnfinishedReplacementError', 'UnreadPoliciesError'],
]);

/** The violation that an operation ended with an error that it does not document; empty for one that it does. */
export function unexpected(error: unknown): readonly string[] {
  const isExpected = error instanceof ApiError || (error instanceof Error && NAMES.has(error.name));
  return isExpected ? [] : [`unexpected: ${error instanceof Error ? error.stack : String(error)}`];
}
