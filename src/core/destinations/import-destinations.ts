import { isCanceled } from '../async/canceled.ts';
import { createLimit } from '../async/limit.ts';
import type { Draft } from '../model/destination.ts';
import type { Wanted } from './import-plan.ts';

/** How one creation of an import ended. `skipped`: the user canceled before it was sent. */
export type Imported = { readonly wanted: Wanted; readonly draft: Draft } & (
  | { readonly outcome: 'created'; readonly id: string }
  | { readonly outcome: 'skipped' }
  | { readonly outcome: 'failed'; readonly error: unknown }
);

export type ImportOptions = {
  /** Creates one destination and returns its ID. Sends its creation at most once. */
  readonly create: (draft: Draft) => Promise<string>;
  /** Whether an error means that no other creation can succeed, for example because the token is refused. */
  readonly isFatal: (error: unknown) => boolean;
  /** Looked at between two creations; a request that was sent is waited for. */
  readonly signal?: AbortSignal;
  readonly onDone?: (imported: Imported) => void;
};

const CONCURRENCY = 4;

/**
 * Creates destinations, four at a time, and goes on after a failure. Where an error means that no other can succeed, the rest
 * is skipped. Never rejects; returns how each one ended, in the order given.
 */
export async function importDestinations(
  planned: readonly { readonly wanted: Wanted; readonly draft: Draft }[],
  { create, isFatal, signal, onDone }: ImportOptions,
): Promise<readonly Imported[]> {
  const limit = createLimit(CONCURRENCY);
  let isOver = false;
  return Promise.all(
    planned.map(async ({ wanted, draft }) =>
      limit(async (): Promise<Imported> => {
        let imported: Imported;
        if (isOver || signal?.aborted) {
          imported = { wanted, draft, outcome: 'skipped' };
        } else {
          try {
            imported = { wanted, draft, outcome: 'created', id: await create(draft) };
          } catch (error) {
            isOver ||= isFatal(error);
            imported = isCanceled(error)
              ? { wanted, draft, outcome: 'skipped' }
              : { wanted, draft, outcome: 'failed', error };
          }
        }
        onDone?.(imported);
        return imported;
      }),
    ),
  );
}
