import { isNamed } from './named-error.ts';
import type { SharedFiles } from './shared-files.ts';

/** Held by one operation at a time, over all windows of this machine. */
export type Lease = {
  /** Throws {@link LeaseTakenError} where another owner has taken it over, e.g. after this machine was suspended. */
  check(): Promise<void>;
  release(): Promise<void>;
};

export type Leases = {
  /** Throws {@link LeaseTakenError} while another operation holds it. */
  acquire(name: string): Promise<Lease>;
  /** Whether an operation holds it now. */
  isTaken(name: string): Promise<boolean>;
};

/** Another operation, of this window or another one, holds the lease. */
export class LeaseTakenError extends Error {
  static override readonly [Symbol.hasInstance] = isNamed('LeaseTakenError');
  override readonly name = 'LeaseTakenError';
}

export type LeaseOptions = {
  readonly files: SharedFiles;
  readonly now: () => number;
  /** A name that is never given twice. */
  readonly makeId: () => string;
  /** Identifies the process of this window, e.g. its number; `isAlive` says whether a process still runs. */
  readonly process: string;
  readonly isAlive: (process: string) => boolean;
  /** Calls repeatedly, each time after so many milliseconds; what it returns ends that. */
  readonly every: (milliseconds: number, work: () => void) => () => void;
};

/** How often an owner renews its lease, and how long a lease lasts without being renewed, in milliseconds. */
const HEARTBEAT = 5_000;
const LIFETIME = 20_000;
const SUFFIX = '.lock';
/** Between two tries of an operation that waits for its turn, in milliseconds. */
const TURN_PAUSE = 1000;

type Content = { readonly owner: string; readonly process: string; readonly at: number };

/** Encoded, because a name contains IDs of the server. */
const fileOf = (name: string): string => `${encodeURIComponent(name)}${SUFFIX}`;

export function createLeases({ files, now, makeId, process, isAlive, every }: LeaseOptions): Leases {
  const read = async (file: string): Promise<Content | undefined> => parse(await files.read(file));
  const isLive = ({ process: holder, at }: Content): boolean => isAlive(holder) && Math.abs(now() - at) < LIFETIME;

  /** Removes the lease of an owner that is gone. `false`: it was renewed or taken by another one in between. */
  async function clear(file: string, seen: Content | undefined): Promise<boolean> {
    const aside = `${file}.${makeId()}`;
    if (!(await files.rename(file, aside))) {
      return true;
    }
    const text = await files.read(aside);
    const isSame = parse(text)?.owner === seen?.owner;
    if (!isSame) {
      // A fresh lease was set aside by mistake: its owner gets it back.
      await files.create(file, text ?? '');
    }
    await files.remove(aside);
    return isSame;
  }

  return {
    async isTaken(name) {
      const content = await read(fileOf(name));
      return content !== undefined && isLive(content);
    },
    async acquire(name) {
      const file = fileOf(name);
      const owner = makeId();
      const makeContent = (): string => JSON.stringify({ owner, process, at: now() } satisfies Content);
      if (!(await files.create(file, makeContent()))) {
        const seen = await read(file);
        const isFree = !seen || !isLive(seen);
        if (!isFree || !(await clear(file, seen)) || !(await files.create(file, makeContent()))) {
          throw new LeaseTakenError();
        }
      }
      const isOurs = async (): Promise<boolean> => (await read(file))?.owner === owner;
      const check = async (): Promise<void> => {
        if (!(await isOurs())) {
          throw new LeaseTakenError();
        }
      };
      await check();
      let renewal: Promise<void> = Promise.resolve();
      const stop = every(HEARTBEAT, () => {
        // A renewal that fails lets the lease expire, which `check` notices.
        renewal = isOurs()
          .then(async (ours) => (ours ? files.write(file, makeContent()) : undefined))
          .catch(() => undefined);
      });
      return {
        check,
        async release() {
          stop();
          // A renewal that is written after the file was deleted would hold the lease for nobody.
          await renewal;
          if (await isOurs()) {
            await files.remove(file);
          }
        },
      };
    },
  };
}

/** Waits for its turn: acquires a lease as soon as no other operation holds it. */
export async function acquireInTurn(
  leases: Leases,
  name: string,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<Lease> {
  for (;;) {
    try {
      return await leases.acquire(name);
    } catch (error) {
      if (!(error instanceof LeaseTakenError)) {
        throw error;
      }
    }
    await sleep(TURN_PAUSE);
  }
}

function parse(text: string | undefined): Content | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' &&
      value !== null &&
      'owner' in value &&
      typeof value.owner === 'string' &&
      'process' in value &&
      typeof value.process === 'string' &&
      'at' in value &&
      typeof value.at === 'number'
      ? { owner: value.owner, process: value.process, at: value.at }
      : undefined;
  } catch {
    return undefined;
  }
}
