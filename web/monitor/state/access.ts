import { signal } from '@preact/signals';

/** Why the page asks for a token, or refuses to; `asking` while the server thinks about one. */
export type GateReason =
  | { readonly name: 'token-needed' | 'token-refused' | 'asking' }
  | { readonly name: 'closed' | 'delayed'; readonly detail: string };

/** The gate, where it stands in front of the page. */
export const gate = signal<GateReason | undefined>(undefined);

/** Whether a viewer has been let in: then the board is there, also while the connection is not. */
export const isAdmitted = signal(false);

/** Whether there is a token to be forgotten. */
export const hasToken = signal(false);
