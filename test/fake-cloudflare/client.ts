import type { Controls } from './control.ts';

/**
 * The controls of a fake in another process: the functions in `control.ts` without their first argument. Only needs
 * `fetch`, because it is bundled into tests that run in the extension host.
 */
export type ControlClient = {
  readonly [Name in keyof Controls]: (...args: ArgumentsOf<Name>) => Promise<ResultOf<Name>>;
};

type ResultOf<Name extends keyof Controls> = ReturnType<Controls[Name]>;
type ArgumentsOf<Name extends keyof Controls> =
  Parameters<Controls[Name]> extends readonly [unknown, ...infer Rest] ? Rest : [];

/**
 * Connects to the control URL of a fake, `http://127.0.0.1:PORT/control`. A call that the fake rejects throws an Error
 * with the reason.
 */
export function connectControl(controlUrl: string): ControlClient {
  return {
    reset: post('reset'),
    changeSettings: post('changeSettings'),
    tokens: post('tokens'),
    putToken: post('putToken'),
    accounts: post('accounts'),
    putAccount: post('putAccount'),
    removeAccount: post('removeAccount'),
    destinations: post('destinations'),
    putDestination: post('putDestination'),
    removeDestination: post('removeDestination'),
    policies: post('policies'),
    putPolicy: post('putPolicy'),
    removePolicy: post('removePolicy'),
    setHistory: post('setHistory'),
    recordDelivery: post('recordDelivery'),
    addFault: post('addFault'),
    addReceiverRule: post('addReceiverRule'),
    log: post('log'),
    received: post('received'),
    clear: post('clear'),
  };

  function post<Name extends keyof Controls>(name: Name) {
    return async (...args: ArgumentsOf<Name>): Promise<ResultOf<Name>> => {
      const body = JSON.stringify(args[0] ?? {});
      const response = await fetch(`${controlUrl}/${name}`, { method: 'POST', body });
      const text = await response.text();
      if (!response.ok) throw new Error(`The fake rejected the control call "${name}": ${text}`);
      const result: ResultOf<Name> = JSON.parse(text);
      return result;
    };
  }
}
