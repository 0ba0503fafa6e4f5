// Measures annotating and anchoring against peers and merges the rows into bench/results.json.
//
//   node bench/anchoring/main.mjs                                        all; Recogito with 100,000 annotations takes its time
//   node bench/anchoring/main.mjs --only open-1k,edit-10k --rounds 5 --seed 7
//   node bench/anchoring/main.mjs --only reanchor --cases FOLDER --ours FOLDER
//
// --no-write prints the table and leaves the file alone. --cap SECONDS is how long a peer may take. --annotations N tries
// the cases out with another number of annotations and writes nothing. --cases (or CONCORD_CASES) and --ours are
// explained in cases/reanchor.mjs; without them that case is left out.
//
// Every single measurement has a browser of its own, ours and peers in an order given by the seed, and what is shown is
// read back and compared before a time counts. CONCORD_DIST names another build than dist/. The PATH must have esbuild
// (script/env) and Chromium; `npm install` in this folder brings the peers.
import { join, resolve } from 'node:path';
import { about, keep, project, summary } from './results.mjs';
import { Stage } from './stage.mjs';

const CASES = {
  'open-1k': { module: 'open', annotations: 1_000, goal: 10 },
  'open-10k': { module: 'open', annotations: 10_000, goal: 100 },
  'open-100k': { module: 'open', annotations: 100_000, goal: 100 },
  'edit-10k': { module: 'edit', annotations: 10_000 },
  'edit-100k': { module: 'edit', annotations: 100_000 },
  'hits-10k': { module: 'hits', annotations: 10_000 },
  'export-1k': { module: 'export', annotations: 1_000 },
  reanchor: { module: 'reanchor' },
  'scroll-10mb': { module: 'scroll', annotations: 100_000 },
};

function options() {
  const wanted = { write: true, only: null, rounds: null, seed: null, cap: 300, annotations: null, cases: process.env.CONCORD_CASES ?? null, ours: null };
  const rest = process.argv.slice(2);
  while (rest.length > 0) {
    const name = rest.shift();
    const value = () => rest.shift() ?? fail(`${name} needs a value`);
    if (name === '--no-write') wanted.write = false;
    else if (name === '--only') wanted.only = value().split(',');
    else if (name === '--cases') wanted.cases = value();
    else if (name === '--ours') wanted.ours = value();
    else if (['--rounds', '--seed', '--cap', '--annotations'].includes(name)) wanted[name.slice(2)] = Number(value());
    else fail(`unknown option ${name}`);
  }
  for (const name of wanted.only ?? []) if (!CASES[name]) fail(`there is no measurement ${name}; there are ${Object.keys(CASES).join(', ')}`);
  for (const name of ['rounds', 'cap', 'annotations']) if (wanted[name] !== null && !(wanted[name] > 0)) fail(`--${name} wants a number above 0`);
  if (wanted.seed !== null && !Number.isInteger(wanted.seed)) fail('--seed wants a whole number');
  const canReanchor = wanted.cases && wanted.ours;
  if (wanted.only?.includes('reanchor') && !canReanchor) fail('reanchor wants --cases and --ours');
  if (!wanted.only && !canReanchor) console.log('reanchor is left out: it wants --cases and --ours');
  wanted.only ??= Object.keys(CASES).filter(name => name !== 'reanchor' || canReanchor);
  if (wanted.annotations !== null) wanted.write = false;
  wanted.seed ??= Math.floor(Math.random() * 2 ** 31);
  return wanted;
}

function fail(message) {
  console.error(`bench: ${message}`);
  process.exit(2);
}

const wanted = options();
const dist = resolve(process.env.CONCORD_DIST ?? join(project, 'dist'));
const run = about(dist);
const rows = [];
let failures = 0;
console.log(`seed ${wanted.seed}`);
const stage = await Stage.open(dist).catch(error => fail(error.message));
for (const id of wanted.only) {
  const { module, annotations, goal } = CASES[id];
  const measured = await import(`./cases/${module}.mjs`);
  const rounds = wanted.rounds ?? measured.ROUNDS;
  console.log(`\n${id}, ${rounds} rounds`);
  const started = Date.now();
  try {
    const fresh = await measured.run({
      stage, id, annotations: wanted.annotations ?? annotations, goal, rounds, seed: wanted.seed, cap: wanted.cap,
      cases: wanted.cases && resolve(wanted.cases), ours: wanted.ours && resolve(wanted.ours), say: line => console.log(line),
    });
    for (const row of fresh) console.log(`  ${row.id}: ${row.what}\n    ${row.notes}`);
    rows.push(...fresh);
    if (wanted.write) keep(run, rows);
  } catch (error) {
    failures += 1;
    console.error(`  ${id} could not be measured: ${error.stack}`);
  }
  console.log(`  ${Math.round((Date.now() - started) / 1000)} s`);
}
await stage.close();
console.log(`\n${summary(rows)}`);
process.exit(failures > 0 || rows.some(row => row.met === false) ? 1 : 0);
