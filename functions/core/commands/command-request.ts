import type { ConnectorRef } from '../stations/station.ts';
import type { TokenType } from '../tokens/token.ts';

/**
 * What a station is asked to do. Protocol rooms translate it into a call of their own; `CALL` carries a protocol's
 * own request as it is.
 */
export type CommandRequest =
  | {
      readonly kind: 'START_SESSION';
      readonly connector: ConnectorRef;
      readonly token: { readonly uid: string; readonly tokenType: TokenType; readonly groupId?: string };
      readonly remoteStartId: number;
    }
  | { readonly kind: 'STOP_SESSION'; readonly sessionId: string; readonly transactionRef: string }
  /** `NOW` ends what runs; `WHEN_IDLE` waits for it, or ends it in order where a protocol cannot wait. */
  | { readonly kind: 'RESET'; readonly when: 'NOW' | 'WHEN_IDLE'; readonly evseId?: number }
  | { readonly kind: 'UNLOCK'; readonly connector: ConnectorRef }
  | { readonly kind: 'CALL'; readonly action: string; readonly payload: Readonly<Record<string, unknown>> };
