/** Whether this device has a network, as the browser sees it. */
import { signal } from '@preact/signals';

export const isOnline = signal(navigator.onLine);

for (const event of ['online', 'offline'])
  addEventListener(event, () => {
    isOnline.value = navigator.onLine;
  });
