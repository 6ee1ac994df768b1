import { useState } from 'preact/hooks';
import { Icon } from '../../shared/icon';
import { countFilters } from '../model/event-filter';
import { formatCount } from '../model/format';
import { filter, goTo, table } from '../state/chosen';
import { isPaused, rows, setFilter, togglePause, total } from '../state/rows';
import { Filters } from './filters';
import { saveShown } from './save-shown';

/** What is shown of what, and the controls that narrow it. */
export function Toolbar() {
  const [isOpen, setOpen] = useState(false);
  const count = countFilters(filter.value);
  const inMenu = count - (filter.value.text ? 1 : 0);
  const shown = rows.value.rows.length;
  return (
    <div class="toolbar">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend */}
      <div class="segments" role="group" aria-label="View">
        <Segment name="calls" label="Calls" />
        <Segment name="events" label="Events" />
      </div>
      <span id="shown" class="count">
        {shown === total.value ? formatCount(shown) : `${formatCount(shown)} of ${formatCount(total.value)}`}
      </span>
      <label class="search">
        <span class="hidden-text">Search</span>
        <Icon name="search" />
        <input
          id="filter-text"
          type="search"
          placeholder="Search"
          autocomplete="off"
          spellcheck={false}
          value={filter.value.text}
          onInput={({ currentTarget }) => setFilter({ text: currentTarget.value })}
        />
        <kbd>/</kbd>
      </label>
      <button
        id="filters-toggle"
        class="button filters-toggle"
        type="button"
        aria-expanded={isOpen}
        aria-controls="filters"
        onClick={() => setOpen(!isOpen)}
      >
        {inMenu > 0 ? `Filter (${inMenu})` : 'Filter'}
      </button>
      <Filters isOpen={isOpen} canClear={count > 0} />
      <div class="toolbar-end">
        <button id="pause" class="button" type="button" aria-pressed={isPaused.value} onClick={togglePause}>
          <Icon name={isPaused.value ? 'play' : 'pause'} />
          <span id="pause-text">{isPaused.value ? 'Resume' : 'Pause'}</span>
        </button>
        <button
          id="export"
          class="button"
          type="button"
          title="Save what is shown as NDJSON"
          onClick={saveShown}
        >
          <Icon name="save" />
          <span>Export</span>
        </button>
      </div>
    </div>
  );
}

function Segment({ name, label }: { name: 'calls' | 'events'; label: string }) {
  return (
    <button type="button" data-view={name} aria-pressed={table.value === name} onClick={() => goTo(name)}>
      {label}
    </button>
  );
}
