import { buildSync } from 'esbuild';
import { bundleOptions } from '../../../lib/functions/function-bundle';

test.each(['health', 'monitor-page'])('%s touches nothing, so its bundle carries no SDK', (entry) => {
  const { metafile } = buildSync({
    ...bundleOptions(entry),
    metafile: true,
    write: false,
    outfile: 'index.mjs',
  });
  const carried = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const fromTheSdk = carried.filter(
    ([file, { bytesInOutput }]) => bytesInOutput > 0 && /@aws-sdk|@smithy/.test(file),
  );
  expect(fromTheSdk.map(([file]) => file)).toEqual([]);
});
