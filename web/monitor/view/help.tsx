import { Dialog } from '../../shared/dialog';
import { helpOpen } from './header';

const KEYS: ReadonlyArray<readonly [keys: readonly string[], what: string]> = [
  [['v'], 'Calls, events'],
  [['j', 'k'], 'Next, previous row'],
  [['Enter'], 'Open it'],
  [['Esc'], 'Close, or let the table go'],
  [['g'], 'Back to the newest'],
  [['/'], 'Search'],
  [['[', ']'], 'Look earlier, later'],
  [['p'], 'Pause, resume'],
  [['e'], 'Export what is shown'],
  [['t'], 'Light, dark, as the system'],
  [['?'], 'This help'],
];

/** What the keys do. */
export function Help() {
  if (!helpOpen.value) return null;
  return (
    <Dialog
      id="help"
      title="Keyboard"
      small
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
