import type * as v16 from '../../functions/ocpp/v16/actions.ts';
import { defineInboundAction } from '../../functions/ocpp/v16/define-action.ts';
import type { Requests as Requests16 } from '../../functions/ocpp/v16/schema/messages.ts';
import type * as v201 from '../../functions/ocpp/v201/actions.ts';
import type { Requests as Requests201 } from '../../functions/ocpp/v201/schema/messages.ts';

/** What a registry accounts for: built, or knowingly not. */
type Accounted<
  Registry extends {
    inboundActions: readonly { name: string }[];
    outboundActions: readonly { name: string }[];
    notBuilt: object;
  },
> = (Registry['inboundActions'] | Registry['outboundActions'])[number]['name'] | keyof Registry['notBuilt'];

/** Every action of the vocabulary is accounted for; the compiler names a forgotten one. */
type MustBeNever<Forgotten extends never> = Forgotten;
export type NothingForgottenIn16 = MustBeNever<Exclude<keyof Requests16, Accounted<typeof v16>>>;
export type NothingForgottenIn201 = MustBeNever<Exclude<keyof Requests201, Accounted<typeof v201>>>;

// @ts-expect-error there is no such action
defineInboundAction({ name: 'Coffee', handle: async () => ({}) });

// @ts-expect-error the answer lacks the time
defineInboundAction({ name: 'Heartbeat', handle: async () => ({}) });

defineInboundAction({
  name: 'Authorize',
  // @ts-expect-error the status is none of 1.6
  handle: async () => ({ idTagInfo: { status: 'Unknown' } }),
});

defineInboundAction({
  name: 'Authorize',
  async handle(request) {
    // @ts-expect-error the request has no such member
    request.idToken;
    return { idTagInfo: { status: 'Accepted' } };
  },
});
