import { signal } from '@preact/signals';
import { createPayloadApi, type PayloadApi } from '../feed/payload-api';

/** Where payloads come from; undefined where none are shown. */
export const payloadApi = signal<PayloadApi | undefined>(undefined);

/** Begins to ask for payloads, where this page's server may have them. */
export function openPayloads(place: Location, token: string | undefined): void {
  payloadApi.value = createPayloadApi(place, token);
}

/** This server shows none: it is not asked again. */
export function closePayloads(): void {
  payloadApi.value = undefined;
}
