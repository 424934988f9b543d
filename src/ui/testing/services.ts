import type { Redactor } from '../../core/api/redaction.ts';
import type { Host } from '../../core/api/transport.ts';
import type { PolicyStore } from '../../core/policies/policy-store.ts';
import type { Store } from '../../core/monitoring/store.ts';
import type { LastTest, LastTests } from '../tree/last-tests.ts';
import type { DestinationNode } from '../tree/nodes.ts';
import type { Logger } from '../host/log.ts';
import type { State } from '../host/ordered-state.ts';
import type { SecretStore } from '../destinations/secret-store.ts';
import type { SampleDocuments } from './sample-documents.ts';

/** The services that tests need. */
export type TestingServices = {
  readonly store: Store;
  readonly policies: PolicyStore;
  readonly secrets: SecretStore;
  readonly redactor: Redactor;
  readonly logger: Logger;
  readonly lastTests: LastTests;
  readonly state: State;
  readonly host: Host;
  readonly userAgent: string;
};

/** An argument of Test…: with `way`, the way is not asked for. */
export type DirectTest = DestinationNode & { readonly way?: 'direct' };

/** The services that Test… needs. */
export type TestCommandServices = TestingServices & {
  /** Loads the bundle of sample payloads. */
  readonly loadSamples: () => Promise<SampleDocuments>;
};

/** The described result of a test. `answer`: the full response, shown on request. */
export type TestEnd = Pick<LastTest, 'way' | 'result' | 'reason'> & {
  readonly sentence: string;
  readonly answer: string;
  /** Whether a new URL or secret can fix the failure. */
  readonly replace: boolean;
  /** No answer arrived, but the receiver may have got the test. */
  readonly mayHaveArrived?: boolean;
  /** The URL that Cloudflare had after its test. */
  readonly url?: string;
};
