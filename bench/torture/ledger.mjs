// What must be in storage: every version of every thing that a page changed, and up to where it was acknowledged.
//
// A thing is a document, known by its text, or a passage, known by its document and its words. Found in storage must
// be the acknowledged version or a later one: what was under way may be there or not, but each edit wholly.

export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: n => Math.floor(next() * n), between: (from, to) => from + Math.floor(next() * (to - from)), pick: list => list[Math.floor(next() * list.length)] };
}

const plain = text => text.replace(/\s+/g, ' ').trim();

const same = (wanted, found) => {
  if (!wanted || !found) return !wanted === !found;
  if (wanted.id && found.id && wanted.id !== found.id) return false;
  if ('title' in found) return wanted.title === undefined || plain(wanted.title) === plain(found.title);
  return wanted.note === found.note && String(wanted.tags) === String(found.tags);
};

// The things of a library as read back from a page.
export function thingsOf(library) {
  const things = new Map();
  for (const { id, title, hash, cards } of library.documents.filter(document => !document.failed)) {
    things.set(`doc:${hash}`, { id, title });
    for (const { id: card, quote, tags, note } of cards) things.set(`ann:${hash}:${quote}`, { id: card, tags, note });
  }
  return things;
}

export class Ledger {
  constructor() {
    this.things = new Map();
    this.acknowledged = 0;
    this.edits = 0;
  }

  // Takes an entry of a page's log.
  take(entry) {
    if (entry.ack !== undefined) {
      this.acknowledged = Math.max(this.acknowledged, entry.ack);
    } else if (entry.seen !== undefined) {
      const { seen, key, ...learned } = entry;
      for (const version of this.things.get(key) ?? []) if (version.seq === seen && version.value) Object.assign(version.value, learned);
    } else {
      this.edits += 1;
      if (!this.things.has(entry.key)) this.things.set(entry.key, [{ seq: 0, value: null }]);
      this.things.get(entry.key).push({ seq: entry.seq, value: entry.value });
    }
  }

  countAcknowledged() {
    let count = 0;
    for (const versions of this.things.values()) count += versions.filter(({ seq }) => seq > 0 && seq <= this.acknowledged).length;
    return count;
  }

  // Compares with what a fresh page showed. `lost`: acknowledged edits that are gone; `torn`: things in a state that
  // never was; `strange`: things that nobody made; `shut`: documents that are listed and do not open.
  check(library, ignored = new Set()) {
    const found = thingsOf(library);
    const report = { lost: 0, torn: 0, strange: 0, shut: library.documents.filter(document => document.failed).length, details: [] };
    const documentOf = key => `doc:${key.split(':')[1]}`;
    for (const [key, versions] of this.things) {
      if (ignored.has(key)) continue;
      const actual = found.get(key) ?? null;
      // The passages of a document that is out of the library cannot be seen.
      if (key.startsWith('ann:') && !found.has(documentOf(key)) && this.mayBeAbsent(documentOf(key))) continue;
      const safe = versions.findLastIndex(({ seq }) => seq <= this.acknowledged);
      const at = versions.findLastIndex(({ value }) => same(value, actual));
      if (at >= safe) continue;
      if (at < 0) report.torn += 1;
      else report.lost += safe - at;
      report.details.push({ key, wanted: versions.slice(safe), actual });
    }
    for (const key of found.keys()) {
      if (this.things.has(key) || ignored.has(key)) continue;
      report.strange += 1;
      report.details.push({ key, wanted: [], actual: found.get(key) });
    }
    return report;
  }

  mayBeAbsent(key) {
    const versions = this.things.get(key);
    if (!versions) return true;
    const safe = versions.findLastIndex(({ seq }) => seq <= this.acknowledged);
    return versions.slice(safe).some(({ value }) => value === null);
  }

  // Goes on from what was found. Documents out of the library keep their passages, in case they come back.
  rebase(library) {
    const found = thingsOf(library);
    const kept = [...this.things].filter(([key]) => key.startsWith('ann:') && !found.has(`doc:${key.split(':')[1]}`));
    this.things = new Map([...found].map(([key, value]) => [key, [{ seq: 0, value }]]));
    for (const [key, versions] of kept) this.things.set(key, versions.map(({ value }) => ({ seq: 0, value })));
    this.acknowledged = 0;
  }
}
