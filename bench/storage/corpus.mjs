// Libraries made from a seed, in the rows that the app itself writes: values are JSON texts, keys as in
// src/browser/storage/schema.rs, fields in the order of src/record.
//
// The text is prose of random syllables, some 500 characters a paragraph; passages are of one to four words and lie
// evenly over the paragraphs. Each has one tag, every fifth a note, and the journal row of the edit that made it.
import { createHash } from 'node:crypto';
import { random } from '../torture/ledger.mjs';

const SYLLABLES = ('sao vươn lưới thuyền bến cảng đông tây núi sông rừng làng xã huyện tỉnh trường học sách báo thư điện '
  + 'nước gạo muối vải tre nứa đá cát vôi gió mưa nắng trăng đường cầu chợ quê nhà vườn tháng năm ngày hội đồng ủy ban '
  + 'kế hoạch chương trình nhân dân phát triển kinh tế xây dựng nông thôn').normalize('NFC').split(' ');
// The tags of the built-in codebook that have a digit, by this digit.
export const TAGS = ['place', 'lead', 'partner', 'target', 'task', 'result', 'measure', 'basis', 'funds', 'due'];
const WORDS_IN_BLOCK = 100;
const CONTEXT = 32;
const START = Date.UTC(2026, 0, 5, 7);
const ROW_VERSION = 2;

// A UUIDv7 of a given moment.
function idAt(source, at) {
  const time = at.toString(16).padStart(12, '0');
  const part = (length, from = 0, below = 16 ** length) => (from + source.below(below)).toString(16).padStart(length, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${part(3)}-${part(4, 0x8000, 0x4000)}-${part(6)}${part(6)}`;
}

function textOf(source, number, blocks) {
  const texts = [`Bản tin số ${number}`.normalize('NFC')];
  while (texts.length < blocks) {
    const words = Array.from({ length: WORDS_IN_BLOCK }, () => source.pick(SYLLABLES));
    texts.push(`${words.join(' ')}.`);
  }
  return texts;
}

// A passage of so many words in a block, as the app describes it.
function selectors(whole, start, exact) {
  const end = start + exact.length;
  return {
    quote: { exact, prefix: whole.slice(Math.max(0, start - CONTEXT), start), suffix: whole.slice(end, end + CONTEXT) },
    position: { start, end },
  };
}

// The rows of one document, by store: `[key, value]` each. `number` counts documents, `firstKey` is the key of its
// first journal row. Characters are all of the basic plane, so that code points are UTF-16 units.
export function documentRows({ seed, number, blocks, annotations, firstKey, withJournal = true }) {
  const source = random(seed * 7919 + number);
  const born = START + number * 3_600_000;
  const device = idAt(source, START);
  const id = idAt(source, born);
  const texts = textOf(source, number, blocks);
  const whole = texts.join('\n');
  const bytes = Buffer.byteLength(whole);
  const name = `ban-tin-${number}.txt`;
  const stampAt = at => ({ modified: at, clock: { wall: at, counter: 0 }, device });

  const starts = [];
  let offset = 0;
  for (const text of texts) {
    starts.push(offset);
    offset += text.length + 1;
  }
  const rows = [];
  const strip = [];
  for (let n = 0; n < annotations; n += 1) {
    const block = 1 + n % (blocks - 1);
    const words = texts[block].slice(0, -1).split(' ');
    const length = 1 + source.below(4);
    const first = source.below(words.length - length);
    const exact = words.slice(first, first + length).join(' ');
    const start = starts[block] + words.slice(0, first).join(' ').length + (first > 0 ? 1 : 0);
    const at = born + 60_000 + n * 1_000;
    const tag = source.pick(TAGS);
    rows.push({
      v: ROW_VERSION, id: idAt(source, at), document: id, revision: 1, selectors: selectors(whole, start, exact), tags: [tag],
      note: n % 5 === 0 ? `ghi chú ${n}: ${source.pick(SYLLABLES)} ${source.pick(SYLLABLES)}`.normalize('NFC') : '', created: at, stamp: stampAt(at),
    });
    if (strip.length < 60) strip.push({ start: Math.floor(start / whole.length * 1000), end: Math.ceil((start + exact.length) / whole.length * 1000), style: tag });
  }
  const journal = rows.map((row, n) => ({
    v: ROW_VERSION, step: `${device}.${number}.${n + 1}`, at: row.created, clock: row.stamp.clock, device, deed: 'highlight',
    changes: [{ annotation: { before: null, after: row } }],
  }));
  const head = {
    v: ROW_VERSION, id, title: texts[0], language: 'vi',
    source: { format: 'text', file_name: name, text_sha256: createHash('sha256').update(whole).digest('hex'), bytes },
    meta: { section: null, updated_at: null, byline: null }, left_out: [], revision: 1, imported_at: born, chars: whole.length, removed: false,
  };
  const glance = { annotations, strip, block: 0, read_permille: number * 37 % 1000, reads: 1, opened_at: born + 60_000 };
  const revision = { v: ROW_VERSION, blocks: texts.map((text, n) => ({ role: n === 0 ? 'headline' : 'paragraph', text })) };
  const json = value => JSON.stringify(value);
  return {
    id, device, texts, annotations: rows,
    stores: {
      documents: [[id, json(head)]],
      revisions: [[[id, 1], json(revision)]],
      files: [[[id, 1, name], whole]],
      annotations: rows.map(row => [[id, row.id], json(row)]),
      settings: [[`glance/${id}`, json(glance)]],
      ...(withJournal ? {
        journal: journal.map((row, n) => [firstKey + n, json(row)]),
        trails: journal.map((_, n) => [[id, firstKey + n], true]),
      } : {}),
    },
  };
}

// Documents one after the other: a library of 100,000 passages need not be in memory at once.
export function* library({ seed, documents, blocks, annotations, withJournal = true }) {
  for (let number = 1; number <= documents; number += 1) {
    yield documentRows({ seed, number, blocks, annotations, firstKey: 1 + (number - 1) * annotations, withJournal });
  }
}
