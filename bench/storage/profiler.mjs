// Sampling profiles of the page, for when a goal is missed: kept as .cpuprofile files, which the browser's developer
// tools open, and summed up by function. Times of a profiled run are longer than those without.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const INTERVAL = 200;
const MOST = 12;

export function profilerInto(folder) {
  let number = 0;
  return {
    async begin({ browser }) {
      await browser.tools('Profiler.enable', {});
      await browser.tools('Profiler.setSamplingInterval', { interval: INTERVAL });
      await browser.tools('Profiler.start', {});
    },
    async end({ browser }, name) {
      const { profile } = await browser.tools('Profiler.stop', {});
      number += 1;
      writeFileSync(join(folder, `${name}-${number}.cpuprofile`), JSON.stringify(profile));
      console.log(`    profile ${name}-${number}: ${summed(profile)}`);
    },
  };
}

// Self time by function, in ms.
function summed({ nodes, samples, timeDeltas }) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName || `(${callFrame.url.split('/').at(-1)}:${callFrame.lineNumber})`]));
  const times = new Map();
  samples.forEach((id, n) => times.set(names.get(id), (times.get(names.get(id)) ?? 0) + timeDeltas[n] / 1000));
  return [...times].sort((a, b) => b[1] - a[1]).slice(0, MOST).map(([name, time]) => `${name} ${time.toFixed(1)}`).join(', ');
}
