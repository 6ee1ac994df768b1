import { save } from '../../shared/save';
import type { Call } from '../model/call-book';
import type { MonitorEvent } from '../model/monitor-event';
import { exportFileName, toNdjson } from '../model/ndjson';
import { table } from '../state/chosen';
import { eventsOfCall, nowMs } from '../state/known';
import { rows } from '../state/rows';

/** Saves the events that are shown, or those of the calls that are shown, as NDJSON. */
export function saveShown(): void {
  const shown = rows.value.rows;
  const events =
    table.value === 'events'
      ? (shown as readonly MonitorEvent[])
      : (shown as readonly Call[]).flatMap(({ id }) => eventsOfCall(id));
  save(exportFileName(nowMs.value), toNdjson(events), 'application/x-ndjson');
}
