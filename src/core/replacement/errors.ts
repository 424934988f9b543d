import { isNamed } from '../async/named-error.ts';

/** The URL and secret are needed to create the new destination, and neither is persisted. */
export class DraftNeededError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('DraftNeededError');
  override readonly name = 'DraftNeededError';
}

/** A destination the replacement needs was deleted at Cloudflare by another client. Nothing was moved to it or deleted. */
export class DestinationGoneError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('DestinationGoneError');
  override readonly name = 'DestinationGoneError';
  readonly which: 'old' | 'new';

  constructor(which: 'old' | 'new') {
    super(`The ${which} destination no longer exists`);
    this.which = which;
  }
}

/** Policies could not be read, and one of them may use the destination, so it was not deleted. */
export class UnreadPoliciesError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('UnreadPoliciesError');
  override readonly name = 'UnreadPoliciesError';
  readonly destinationName: string;

  constructor(destinationName: string) {
    super('A policy that could not be read may use the destination');
    this.destinationName = destinationName;
  }
}

/** The step is no longer possible: the replacement has ended, or the destinations changed since it was offered. */
export class StepUnavailableError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('StepUnavailableError');
  override readonly name = 'StepUnavailableError';
  readonly reason: 'ended' | 'changed';

  constructor(reason: 'ended' | 'changed') {
    super(reason === 'ended' ? 'The replacement has ended' : 'The destinations have changed');
    this.reason = reason;
  }
}

/** A replacement that has the destination as the old or the new one has to be resumed, undone or ended first. */
export class UnfinishedReplacementError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('UnfinishedReplacementError');
  override readonly name = 'UnfinishedReplacementError';
  /** The name of the destination that is replaced. */
  readonly oldName: string;

  constructor(oldName: string) {
    super('A replacement of the destination has not ended');
    this.oldName = oldName;
  }
}
