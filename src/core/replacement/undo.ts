import { policiesOf } from '../model/policy.ts';
import { PolicyConflictError } from '../policies/change-policy.ts';
import { DestinationGoneError } from './errors.ts';
import { createMachine, type Machine, type MachineOptions } from './machine.ts';
import { presenceOf } from './observe.ts';
import { movePolicies, type RunEnd } from './run.ts';
import type { Replacement } from './state.ts';

const MOST_ROUNDS = 5;

/**
 * Undoes a replacement: moves each policy back to the old destination, which is seen to exist before each move, then deletes
 * the new destination, if this replacement created it. Refused with {@link DestinationGoneError} once the old destination is
 * gone: then only finishing helps. Stops and throws as `runForward` does.
 */
export async function runUndo(from: Replacement, options: MachineOptions): Promise<RunEnd> {
  const { api } = options;
  const { accountId } = from;
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
    if (machine.state().stage !== 'undoing') {
      await machine.advance({ stage: 'undoing' });
    }
    if ((await presenceOf(api, accountId, newId)) === 'gone') {
      await machine.advance({ stage: 'closing' });
    } else if (origin === 'confirmed') {
      await movePolicies(machine, options, 'backward');
      // Deleted by another client during the last move: the policies have to go to the new destination again.
      await machine.requireExists('old');
      return { ending: 'undone', state: machine.state() };
    } else {
      await moveBackAndDelete(machine, options);
    }
  }
  await movePolicies(machine, options, 'backward');
  return { ending: 'undone', state: machine.state() };
}

async function moveBackAndDelete(machine: Machine, options: MachineOptions): Promise<void> {
  const { accountId, newId = '' } = machine.state();
  for (let round = 0; ; round += 1) {
    await movePolicies(machine, options, 'backward');
    machine.throwIfCanceled();
    await machine.advance({ stage: 'removing' });
    await machine.requireExists('old');
    const [attached] = policiesOf(await options.api.listPolicies(accountId), newId);
    if (!attached) {
      break;
    }
    if (round >= MOST_ROUNDS) {
      throw new PolicyConflictError(attached.name, ['mechanisms']);
    }
    await machine.advance({ stage: 'undoing' });
  }
  await machine.remove('new');
}
