// Runs inside a page of the app, or of a stand-in: does what a person does, through the page's own elements, and logs
// every edit before it is made and again when the page said that nothing is unsaved any more.
//
// The log of a page that will be killed is sent at once and waited for, so that what it promised is known outside.
const LOG = '/torture/log';
const SYLLABLES = ('sao vươn lưới thuyền bến cảng đông tây núi sông rừng làng xã huyện tỉnh trường học sách báo thư điện '
  + 'nước gạo muối vải tre nứa đá cát vôi gió mưa nắng trăng đường cầu chợ quê nhà vườn').split(' ');
const TAGS = ['place', 'lead', 'partner', 'target', 'task', 'result', 'measure', 'basis', 'funds', 'due'];
const WORDS_IN_BLOCK = 24;
// A person does not make more passages in one text here, so that every one of them is in the list of the margin.
const MOST_OWN_CARDS = 50;
const root = document.documentElement;

const torture = window.torture = { log: [], done: 0, isOver: true, error: null, live: false };

const sleep = ms => new Promise(done => setTimeout(done, ms));
async function until(what, look, deadline = 20_000) {
  const end = performance.now() + deadline;
  for (;;) {
    const seen = look();
    if (seen) return seen;
    if (performance.now() > end) throw new Error(`not within ${deadline / 1000} s: ${what}, at ${location.hash}`);
    await sleep(3);
  }
}

function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: n => Math.floor(next() * n), pick: list => list[Math.floor(next() * list.length)] };
}

// FNV-1a over UTF-16 units: enough to tell generated texts apart, and to see a changed character.
function hashOf(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16);
}

// ------------------------------------------------------------------------------------------------- what is on screen
const isShown = element => element.checkVisibility() && element.getClientRects().length > 0;
const plain = text => text.replace(/\s+/g, ' ').trim();
const nameOf = element => plain(element.getAttribute('aria-label') ?? element.textContent);
const all = (css, within = document) => [...within.querySelectorAll(css)];
const named = (css, name, within) => all(css, within).find(element => nameOf(element) === name && isShown(element));
const button = (name, within) => named('button, [role=button]', name, within);
const article = () => document.querySelector('article:has([data-block])');
const blocks = () => all('article [data-block]');
const cards = () => all('ol[aria-label="Annotations"] > li[data-annotation]');
const list = () => all('ul[aria-label="Documents"]').find(isShown);
const links = () => { const shown = list(); return shown ? all('a[href^="#/read/"]', shown) : []; };
const unsaved = () => Number(root.dataset.unsaved ?? 0);
const quoteOf = card => card.querySelector('blockquote').textContent;
const noteOf = card => card.querySelector('textarea[aria-label="Note"]');
const tagsOf = card => all('[data-tag]', card).map(tag => tag.dataset.tag).sort();
const cardOf = quote => cards().find(card => quoteOf(card) === quote);
const idIn = hash => decodeURIComponent(hash.match(/^#\/read\/([^?]+)/)?.[1] ?? '');
const readCard = card => ({ id: card.dataset.annotation, quote: quoteOf(card), tags: tagsOf(card), note: noteOf(card).value });
const readCards = () => cards().map(readCard);
const textOnScreen = () => blocks().map(block => block.textContent).join('\n');
torture.readCards = readCards;

const isInLibrary = () => !article() && ['', '#', '#/'].includes(location.hash) && (list() || button('Open a sample'));

async function library() {
  if (!isInLibrary()) location.hash = '#/';
  await until('the library', isInLibrary);
}

// Opens a document; null when the app will not.
async function open(id) {
  if (idIn(location.hash) === id && article()) return hashOf(textOnScreen());
  await library();
  location.hash = `#/read/${id}`;
  await until('the document', () => idIn(location.hash) === id);
  const outcome = await until('the text of the document', () => (article() ? 'open' : isInLibrary() ? 'refused' : null));
  return outcome === 'open' ? hashOf(textOnScreen()) : null;
}
torture.open = open;
torture.library = library;
torture.titles = async () => {
  await library();
  return links().map(link => ({ id: idIn(link.getAttribute('href')), title: plain(link.textContent) }));
};

// Everything that a person can see: the library, and each document opened anew.
torture.readBack = async () => {
  const documents = [];
  for (const { id, title } of await torture.titles()) {
    await library();
    let hash = null;
    let failed = null;
    try {
      hash = await open(id);
      if (hash === null) failed = 'the app went back to the library';
    } catch (error) {
      failed = error.message;
    }
    documents.push({ id, title, hash, failed, cards: hash === null ? [] : readCards() });
  }
  await library().catch(() => {});
  return { documents, alerts: torture.alerts(), state: root.dataset.state, unsaved: unsaved() };
};
torture.alerts = () => all('[role=alert]').filter(isShown).map(alert => plain(alert.querySelector('p')?.textContent ?? alert.textContent));
torture.saved = () => until('nothing unsaved', () => unsaved() === 0);
torture.pressButton = name => { const found = button(name); found?.click(); return Boolean(found); };

// ---------------------------------------------------------------------------------------------------------- the log
let sequence = 0;
let acknowledged = 0;

function report(entry) {
  torture.log.push(entry);
  if (!torture.live) return;
  const request = new XMLHttpRequest();
  request.open('POST', LOG, false);
  request.send(JSON.stringify(entry));
}

function intend(key, value, change) {
  sequence += 1;
  report({ seq: sequence, key, value, change });
  return sequence;
}

// All edits so far are on screen: if nothing is unsaved, they are promised.
function acknowledge() {
  if (unsaved() > 0 || acknowledged === sequence) return;
  acknowledged = sequence;
  report({ ack: sequence });
}

// --------------------------------------------------------------------------------------------------------- the deeds
function key(name, modifiers = {}) {
  const target = document.activeElement ?? document.body;
  for (const type of ['keydown', 'keyup']) {
    target.dispatchEvent(new KeyboardEvent(type, { key: name, bubbles: true, cancelable: true, ...modifiers }));
  }
}

const selectionBar = () => all('[role=toolbar][aria-label="Selection"]').find(isShown);

async function dropSelection() {
  document.activeElement?.blur();
  if (!selectionBar() && getSelection().isCollapsed) return;
  key('Escape');
  getSelection().removeAllRanges();
  await until('no selection', () => !selectionBar());
}

// Words of a block, without those that carry a passage already.
async function select(block, first, count) {
  const text = blocks()[block].textContent;
  const words = text.split(' ').slice(first, first + count);
  const quote = words.join(' ');
  const start = text.split(' ').slice(0, first).join(' ').length + (first > 0 ? 1 : 0);
  const node = document.createTreeWalker(blocks()[block], NodeFilter.SHOW_TEXT).nextNode();
  // The bar of an older selection would be taken for that of this one.
  await dropSelection();
  getSelection().setBaseAndExtent(node, start, node, start + quote.length);
  await until('the selection', () => selectionBar());
  return quote;
}

class Worker {
  constructor({ seed, tab = 0, tabs = 1, largest = 400, weights, common = [], digits, isShared = false }) {
    Object.assign(this, { tab, tabs, largest, weights, common, isShared });
    this.random = random(seed);
    this.digits = digits ?? [...'0123456789'];
    this.history = [];
    this.hashes = new Map();
    this.mine = new Set();
    this.counter = 0;
  }

  get place() { return this.hash; }

  async go(id) {
    const hash = await open(id);
    if (hash === null) throw new Error(`the document ${id} does not open`);
    this.id = id;
    this.hash = hash;
    this.hashes.set(id, hash);
  }

  isMine(card) {
    const quote = quoteOf(card);
    return this.isShared ? this.mine.has(`${this.hash}:${quote}`) : !this.common.includes(quote);
  }

  ownCards() { return cards().filter(card => this.isMine(card)); }

  keyOf(quote) { return `ann:${this.hash}:${quote}`; }

  // Notes the edit, does it, and remembers how to take it back.
  record(kind, key, before, value, change) {
    this.history.push({ kind, key, before, value, hash: this.hash });
    return intend(key, value, change);
  }

  async tag() {
    const own = this.ownCards();
    if (own.length >= MOST_OWN_CARDS) return this.remove(own);
    const taken = new Set(cards().map(quoteOf));
    const count = blocks().length;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const block = this.random.below(count);
      if (this.isShared && block % this.tabs !== this.tab) continue;
      const words = blocks()[block].textContent.split(' ');
      const length = 1 + this.random.below(4);
      const first = this.random.below(Math.max(1, words.length - length));
      if (taken.has(words.slice(first, first + length).join(' '))) continue;
      const quote = await select(block, first, length);
      const digit = this.random.pick(this.digits);
      const value = { tags: [TAGS[digit]], note: '' };
      const seq = this.record('tag', this.keyOf(quote), null, value);
      this.mine.add(`${this.hash}:${quote}`);
      key(digit);
      const card = await until(`the passage “${quote}”`, () => cardOf(quote));
      report({ seen: seq, key: this.keyOf(quote), id: card.dataset.annotation });
      return true;
    }
    return false;
  }

  // One of the common passages, or one of one's own.
  aim() {
    const chosen = this.common.length > 0 && this.isShared && this.random.next() < 0.4
      ? cards().filter(card => this.common.includes(quoteOf(card))) : this.ownCards();
    return chosen.length > 0 ? this.random.pick(chosen) : null;
  }

  async focus(card) {
    const quote = quoteOf(card);
    await dropSelection();
    card.querySelector('blockquote').click();
    await until('the passage in focus', () => cardOf(quote)?.getAttribute('aria-current') === 'true');
    return cardOf(quote);
  }

  async addTag() {
    const aimed = this.aim();
    if (!aimed) return false;
    const quote = quoteOf(aimed);
    const digit = this.random.pick(this.digits);
    const tag = TAGS[digit];
    if (tagsOf(aimed).includes(tag)) return this.takeTag(aimed, tag);
    const card = await this.focus(aimed);
    // Another window may have changed the card meanwhile.
    const before = readCard(card);
    if (before.tags.includes(tag)) return false;
    this.record('addTag', this.keyOf(quote), before, { ...before, tags: [...before.tags, tag].sort() }, { tag, on: true });
    key(digit);
    await until('the tag', () => tagsOf(cardOf(quote)).includes(tag));
    return true;
  }

  async takeTag(card, tag) {
    const before = readCard(card);
    if (before.tags.length < 2) return false;
    const chip = all('[data-tag]', card).find(chip => chip.dataset.tag === tag);
    this.record('takeTag', this.keyOf(before.quote), before, { ...before, tags: before.tags.filter(other => other !== tag) }, { tag, on: false });
    chip.querySelector('button').click();
    await until('the tag taken', () => { const now = cardOf(before.quote); return now && !tagsOf(now).includes(tag); });
    return true;
  }

  async note() {
    const card = this.aim();
    if (!card) return false;
    const before = readCard(card);
    const top = this.history.at(-1);
    // Typing that goes on is one step of undo; which one would depend on the clock.
    if (top?.kind === 'note' && top.key === this.keyOf(before.quote)) return false;
    await dropSelection();
    this.counter += 1;
    const note = `ghi chú ${this.tab}.${this.counter} ${this.random.pick(SYLLABLES)}`;
    const area = noteOf(cardOf(before.quote));
    const was = readCard(cardOf(before.quote));
    this.record('note', this.keyOf(before.quote), was, { ...was, note }, { note });
    area.focus();
    area.value = note;
    area.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }));
    if (this.random.next() < 0.5) {
      area.blur();
    } else {
      // Left in the field: the page itself must write it after a pause.
      this.isTyping = true;
    }
    return true;
  }

  async remove(own = this.ownCards()) {
    if (own.length === 0) return false;
    const card = this.random.pick(own);
    const before = readCard(card);
    await dropSelection();
    const now = cardOf(before.quote);
    this.record('delete', this.keyOf(before.quote), before, null);
    button('Delete', now).click();
    await until('the passage gone', () => !cardOf(before.quote));
    return true;
  }

  async undo() {
    const top = this.history.at(-1);
    const quote = top?.key.split(':').slice(2).join(':');
    if (!top || top.hash !== this.hash || !top.key.startsWith('ann:') || this.common.includes(quote)) return false;
    await dropSelection();
    this.history.pop();
    intend(top.key, top.before && { ...top.before });
    key('z', { ctrlKey: true, code: 'KeyZ' });
    await until(`${top.kind} undone`, () => {
      const card = cardOf(quote);
      if (!top.before || !card) return !top.before && !card;
      return String(tagsOf(card)) === String(top.before.tags) && noteOf(card).value === top.before.note;
    });
    return true;
  }

  async menu(title, item) {
    await library();
    const opener = await until(`the menu of “${title}”`, () => button(`More for “${title}”`));
    opener.click();
    (await until(`“${item}”`, () => named('[role=menuitem]', item))).click();
  }

  async rename() {
    if (this.isShared) return false;
    const { id, hash } = this;
    await library();
    const title = plain(links().find(link => idIn(link.getAttribute('href')) === id).textContent);
    this.counter += 1;
    const fresh = `Tên mới ${this.tab}.${this.counter} ${this.random.pick(SYLLABLES)} ${this.random.below(1e6)}`;
    await this.menu(title, 'Rename');
    const input = await until('the field for the title', () => document.querySelector('dialog[open] input'));
    input.value = fresh;
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    this.record('rename', `doc:${hash}`, { title }, { id, title: fresh });
    button('Save', input.closest('dialog')).click();
    await until('the new title', () => links().some(link => plain(link.textContent) === fresh) && !document.querySelector('dialog[open]'));
    acknowledge();
    await this.go(id);
    return true;
  }

  async drop() {
    const others = await torture.titles();
    if (others.length < 3) return this.return();
    const { id, hash } = this;
    const { title } = others.find(other => other.id === id);
    await this.menu(title, 'Remove');
    this.record('drop', `doc:${hash}`, { title }, null);
    await until('the document out of the list', () => !links().some(link => idIn(link.getAttribute('href')) === id));
    acknowledge();
    await this.go(this.random.pick(others.filter(other => other.id !== id)).id);
    return true;
  }

  async return() {
    await this.go(this.id);
    return false;
  }

  async change() {
    const titles = await torture.titles();
    await this.go(this.random.pick(titles).id);
    return false;
  }

  // A document that nobody has yet, by file or by paste.
  async import(paragraphs = 5 + this.random.below(this.largest)) {
    const number = this.random.below(1e9);
    const lines = [`Bản tin số ${number}`];
    for (let line = 0; line < paragraphs; line += 1) {
      const words = Array.from({ length: WORDS_IN_BLOCK }, (_, word) => `${SYLLABLES[(number + line * 7 + word) % SYLLABLES.length]}${line * WORDS_IN_BLOCK + word}`);
      lines.push(words.join(' '));
    }
    const text = lines.join('\n');
    const hash = hashOf(text);
    await library();
    button('Import').click();
    const dialog = await until('the dialog', () => document.querySelector('dialog[open]:has(input[type=file])'));
    // The app chooses the title; it is told when it is known.
    const seq = this.record('import', `doc:${hash}`, null, {});
    if (this.random.next() < 0.5) {
      const bag = new DataTransfer();
      bag.items.add(new File([lines.join('\n\n')], `ban-tin-${number}.txt`, { type: 'text/plain' }));
      const input = dialog.querySelector('input[type=file]');
      input.files = bag.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    } else {
      const area = dialog.querySelector('textarea');
      area.value = lines.join('\n\n');
      area.dispatchEvent(new InputEvent('input', { bubbles: true }));
      button('Add article', dialog).click();
    }
    await until('the imported text', () => article() && blocks()[0].textContent === lines[0], 60_000);
    const id = idIn(location.hash);
    report({ seen: seq, key: `doc:${hash}`, id, title: article().getAttribute('aria-label') });
    acknowledge();
    await this.go(id);
    if (this.hash !== hash) throw new Error(`the text of “${lines[0]}” is not what was imported`);
    return true;
  }

  async step() {
    if (this.isTyping) {
      this.isTyping = false;
      document.activeElement?.blur();
    }
    let left = this.random.next() * Object.values(this.weights).reduce((sum, weight) => sum + weight, 0);
    for (const [deed, weight] of Object.entries(this.weights)) {
      left -= weight;
      if (left < 0) return this[deed]();
    }
    return false;
  }
}

// Works until so many edits are made, or until it is told to stop. `documents`: the ids to work in by turns; `pace`: at
// least so many ms for an edit, so that a fast page does not do more than a slow one.
torture.start = async options => {
  Object.assign(torture, { log: [], done: 0, isOver: false, error: null, live: Boolean(options.live), wantsStop: false });
  sequence = options.sequence ?? 0;
  acknowledged = sequence;
  const worker = new Worker(options);
  torture.worker = worker;
  try {
    const { edits = Infinity, documents = [], patience = 0.4 } = options;
    const titles = documents.length > 0 ? documents : (await torture.titles()).map(({ id }) => id);
    if (titles.length === 0) await worker.import(options.firstImport);
    else await worker.go(worker.random.pick(titles));
    worker.isShared = worker.id === options.shared;
    for (let turn = 0; torture.done < edits && !torture.wantsStop; turn += 1) {
      const next = performance.now() + (options.pace ?? 0);
      if (documents.length > 1 && turn % 25 === 24) {
        await worker.go(documents[(turn + 1) / 25 % documents.length]);
        worker.isShared = worker.id === options.shared;
      }
      if (await worker.step()) torture.done += 1;
      // Nobody does two things before the page has drawn the first.
      await sleep(1);
      // Sometimes a person waits until all is saved, sometimes not.
      if (worker.random.next() < patience && !options.isStormy) await torture.saved();
      acknowledge();
      while (performance.now() < next && !torture.wantsStop) {
        await sleep(10);
        acknowledge();
      }
    }
    if (!options.isStormy) {
      await torture.saved();
      acknowledge();
    }
    if (options.shared) await worker.go(options.shared);
  } catch (error) {
    torture.error = error.message;
  }
  torture.isOver = true;
};

// After a storm: whatever is promised now.
torture.settle = () => { acknowledge(); return torture.log.at(-1) ?? null; };
torture.import = async (seed, paragraphs) => {
  const worker = new Worker({ seed, weights: {} });
  await worker.import(paragraphs);
  await torture.saved();
  acknowledge();
  return { id: worker.id, hash: worker.hash };
};
torture.hashOf = hashOf;
