import { actionsOf } from '../define-action.ts';
import type { Requests, Responses } from './schema/messages.ts';

export const { defineInboundAction, defineOutboundAction } = actionsOf<Requests, Responses>();
