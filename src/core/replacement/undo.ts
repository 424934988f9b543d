import { policiesOf } from '../model/policy.ts';
import { PolicyConflictError } from '../policies/change-policy.ts';
import { DestinationGoneError } from './errors.ts';
import { createMachine, type Machine, type MachineOptions } from './machine.ts';
import { markDetached, movePolicies, requireAllRead, type RunEnd } from './run.ts';
import type { Replacement } from './state.ts';

const MOST_ROUNDS = 5;

/**
 * Undoes a replacement: moves each policy back to the old destination, which is seen to exist before each move, then deletes
 * the new destination, if this replacement created it. Refused with {@link DestinationGoneError} once the old destination is
 * gone: then only finishing helps. Stops and throws as `runForward` does.
 */
export async function runUndo(from: Replacement, options: MachineOptions): Promise<RunEnd> {
  const machine = createMachine(from, options);
  await machine.settle();
  if (machine.state().stage === 'finishing') {
    throw new DestinationGoneError('old');
  }
  await machine.requireExists('old');
  const { newId, origin } = machine.state();
  if (newId === undefined) {
    return { ending: 'undone', state: machine.state() };
  }
  if (machine.state().stage !== 'closing') {
    await machine.advance({ stage: 'undoing' });
    if (await machine.isGone('new')) {
      await machine.advance({ stage: 'closing' });
    } else if (origin !== 'confirmed') {
      await moveBackAndDelete(machine, options, newId);
    }
  }
  const isPartial = await movePolicies(machine, options, 'old');
  if (machine.state().stage !== 'closing') {
    // Deleted by another client during the last move: the policies have to go to the new destination again.
    await machine.requireExists('old');
  }
  return { ending: 'undone', state: machine.state(), isPartial };
}

async function moveBackAndDelete(machine: Machine, options: MachineOptions, newId: string): Promise<void> {
  const { accountId } = machine.state();
  for (let round = 0; ; round += 1) {
    await movePolicies(machine, options, 'old');
    machine.throwIfCanceled();
    await machine.advance({ stage: 'removing' });
    await machine.requireExists('old');
    const all = await options.api.listPolicies(accountId);
    const [attached] = policiesOf(all, newId);
    if (!attached) {
      requireAllRead(all, machine.state().name);
      if (!(await markDetached(machine, all, 'old'))) {
        break;
      }
    } else if (round >= MOST_ROUNDS) {
      throw new PolicyConflictError(attached.name, ['mechanisms']);
    }
    await machine.advance({ stage: 'undoing' });
  }
  await machine.remove('new');
}
