// Documents and annotations made from a seed: Vietnamese prose about administrative work that nobody ever had to do,
// with the formulae that such texts repeat, and passages of 10 to 120 characters that begin and end with a word, some
// within others. Characters are all of the basic plane, so that code points are UTF-16 units.
//
// The rows are those that the app itself writes: values are JSON texts, keys as in src/browser/storage/schema.rs,
// fields in the order of src/record.
import { createHash } from 'node:crypto';
import { random } from '../torture/ledger.mjs';

export const TAGS = ['lead', 'partner', 'target', 'task', 'result', 'measure', 'basis', 'funds', 'due', 'place', 'gap', 'study'];
const CONTEXT = 32;
const SHORTEST = 10;
const LONGEST = 120;
// One passage in so many lies within the one before it.
const NESTED = 6;
// The shortest text of a paragraph: sentences are added until it is reached.
const PARAGRAPH = 150;
const START = Date.UTC(2026, 0, 5, 7);
const ROW_VERSION = 2;

const words = text => text.normalize('NFC').split('|');
const LISTS = {
  unit: words('tổ văn thư|phòng sổ sách|bộ phận tiếp nhận|nhóm rà soát|ban điều phối|trạm đo mưa|kho lưu trữ|tổ bản đồ|đội chiếu sáng|quầy hướng dẫn|nhóm biên mục|phòng đối chiếu|tổ cây xanh|ban quản lý bến|trung tâm nhắc hẹn'),
  deed: words('lập danh mục|kiểm đếm|đối chiếu|sắp xếp lại|cập nhật|sao lưu|niêm yết|thay biển cho|đánh số|vẽ lại sơ đồ|gửi giấy mời về|rà soát|thống kê|chuyển giao|mở lớp hướng dẫn về'),
  thing: words('hồ sơ đường làng|giếng nước công cộng|biển chỉ đường|phiếu mượn sách|lịch trực cổng|bảng giờ đò|sổ đăng ký xe đạp|bản đồ ao hồ|nhật ký đo mưa|danh sách cây cổ thụ|tủ thuốc thôn|đèn chiếu sáng bến sông|kho hạt giống|hộp thư góp ý|chợ phiên|sân phơi|lịch tưới ruộng|phòng đọc thiếu nhi'),
  place: words('thôn Gò Mây|xã Bến Lau|phường Sông Nhỏ|khu Đồi Chè|xóm Cầu Tre|làng Vạn Bông|cụm Bãi Sậy|khối Hàng Quạt|ấp Rạch Sen|thị trấn Đá Nổi'),
  end: words('hoàn thành trước mùa mưa|báo cáo bằng văn bản|công khai tại bảng tin|lưu một bản ở kho|lấy ý kiến từng hộ|ghi rõ người chịu trách nhiệm|nghiệm thu theo mẫu chung|trả kết quả tại quầy|gửi lại bản đã ký|dùng lại vật tư cũ'),
  basis: words('quy chế làm việc chung|kế hoạch quý đã duyệt|biên bản họp thôn|bảng phân công tháng|sổ tay hướng dẫn|đề nghị của các hộ dân'),
  funds: words('quỹ chung của thôn|khoản đóng góp tự nguyện|phần chi thường xuyên|nguồn bán giấy cũ'),
};
const FORMULAE = words('Trường hợp có vướng mắc thì báo cáo ban điều phối xem xét, quyết định.|Các đơn vị có liên quan chịu trách nhiệm thi hành nội dung này.|Việc bàn giao phải có biên bản và chữ ký của hai bên.|Nội dung không nêu ở đây thì thực hiện theo hướng dẫn chung.');
const FRAMES = [
  ({ pick, number }) => `Căn cứ ${pick('basis')}, ${pick('unit')} ${pick('deed')} ${pick('thing')} tại ${pick('place')} và ${pick('end')} trước ngày ${number(28)} tháng ${number(12)}.`,
  ({ pick, number }) => `Trong thời hạn ${number(30)} ngày làm việc kể từ ngày nhận đủ hồ sơ, ${pick('unit')} chủ trì, phối hợp với ${pick('unit')} ${pick('deed')} ${pick('thing')}.`,
  ({ pick, number }) => `Phấn đấu đến hết quý ${number(4)}, ${number(90) + 9}% ${pick('thing')} ở ${pick('place')} được kiểm tra, ${pick('end')}.`,
  ({ pick, capital }) => `${capital(pick('unit'))} ở ${pick('place')} ${pick('deed')} ${pick('thing')}, sau đó ${pick('end')}.`,
  ({ pick, number }) => `Kinh phí thực hiện lấy từ ${pick('funds')}, không quá ${number(60) + 3} triệu đồng cho mỗi đợt ${pick('deed')} ${pick('thing')}.`,
  ({ pick }) => `Đối tượng áp dụng là ${pick('unit')}, ${pick('unit')} và các hộ đang dùng ${pick('thing')} tại ${pick('place')}.`,
  ({ pick, number }) => `Mỗi tuần ${number(5) + 1} buổi, ${pick('unit')} cử người ${pick('deed')} ${pick('thing')}; kết quả ${pick('end')}.`,
  ({ pick }) => `Chưa rõ ai ${pick('deed')} ${pick('thing')} khi ${pick('unit')} nghỉ; đề nghị ${pick('unit')} ${pick('end')}.`,
];

function textsOf(source, paragraphs) {
  const help = {
    pick: list => source.pick(LISTS[list]),
    number: most => 1 + source.below(most),
    capital: text => text[0].toLocaleUpperCase('vi') + text.slice(1),
  };
  const texts = ['Sổ tay phân công công việc'.normalize('NFC')];
  while (texts.length <= paragraphs) {
    let text = source.pick(FRAMES)(help);
    while (text.length < PARAGRAPH) text += ` ${source.below(4) === 0 ? source.pick(FORMULAE) : source.pick(FRAMES)(help)}`;
    texts.push(text.normalize('NFC'));
  }
  return texts;
}

// Where words begin and end in a text.
function edgesOf(text) {
  const starts = [0];
  const ends = [];
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
    ends.push(at);
    starts.push(at + 1);
  }
  ends.push(text.length);
  return { starts, ends };
}

// A passage within `[from, to]` of a text, or none when no word-aligned one has a fitting length.
function passage(source, { starts, ends }, from, to) {
  const wanted = SHORTEST + source.below(LONGEST - SHORTEST + 1);
  const first = starts.filter(start => start >= from && start + SHORTEST <= to);
  if (first.length === 0) return null;
  const start = source.pick(first);
  const fitting = ends.filter(end => end <= to && end - start >= SHORTEST && end - start <= wanted);
  return fitting.length > 0 ? [start, fitting.at(-1)] : null;
}

// Spans in the text's blocks, no two the same. The first paragraphs get one each: something is to be seen at the top.
function spansOf(source, texts, count) {
  const edges = [];
  const taken = new Set();
  const spans = [];
  let last = null;
  for (let tries = 0; spans.length < count; tries += 1) {
    if (tries > 20 * count + 1000) throw new Error('there is no room for so many passages');
    const isNested = last !== null && spans.length > 3 && tries % NESTED === 0 && last.end - last.start > 3 * SHORTEST;
    const block = isNested ? last.block : spans.length < 3 ? spans.length + 1 : 1 + source.below(texts.length - 1);
    edges[block] ??= edgesOf(texts[block]);
    const found = isNested ? passage(source, edges[block], last.start + 1, last.end - 1) : passage(source, edges[block], 0, texts[block].length);
    const key = found && `${block} ${found}`;
    if (!found || taken.has(key)) continue;
    taken.add(key);
    last = { block, start: found[0], end: found[1] };
    spans.push(last);
  }
  return spans;
}

// A UUIDv7 of a given moment.
function idAt(source, at) {
  const time = at.toString(16).padStart(12, '0');
  const part = (length, from = 0, below = 16 ** length) => (from + source.below(below)).toString(16).padStart(length, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${part(3)}-${part(4, 0x8000, 0x4000)}-${part(6)}${part(6)}`;
}

// A document: its texts and where they begin, and its annotations: `start` and `end` in the whole text, `offset` in the
// block.
export function documentOf({ seed, paragraphs, annotations: count }) {
  const source = random(seed);
  const device = idAt(source, START);
  const id = idAt(source, START + 3_600_000);
  const texts = textsOf(source, paragraphs);
  const starts = [];
  let length = 0;
  for (const text of texts) {
    starts.push(length);
    length += text.length + 1;
  }
  const whole = texts.join('\n');
  const annotations = spansOf(source, texts, count).map(({ block, start: offset, end: until }, n) => {
    const [start, end] = [starts[block] + offset, starts[block] + until];
    const at = START + 7_200_000 + n * 1_000;
    const tags = [source.pick(TAGS)];
    if (source.below(8) === 0) tags.push(source.pick(TAGS.filter(tag => tag !== tags[0])));
    return {
      id: idAt(source, at), at, block, offset, start, end, tags,
      quote: { exact: whole.slice(start, end), prefix: whole.slice(Math.max(0, start - CONTEXT), start), suffix: whole.slice(end, end + CONTEXT) },
      note: n % 5 === 0 ? `${source.pick(FORMULAE).slice(0, 40)} (${n})` : '',
    };
  });
  return { id, device, texts, starts, whole, annotations };
}

// The rows of a document, by store: `[key, value]` each.
export function rowsOf({ id, device, texts, whole, annotations }) {
  const json = value => JSON.stringify(value);
  const born = START + 3_600_000;
  const name = 'so-tay.txt';
  const head = {
    v: ROW_VERSION, id, title: texts[0], language: 'vi',
    source: { format: 'text', file_name: name, text_sha256: createHash('sha256').update(whole).digest('hex'), bytes: Buffer.byteLength(whole) },
    meta: { section: null, updated_at: null, byline: null }, left_out: [], revision: 1, imported_at: born, chars: whole.length, removed: false,
  };
  const revision = { v: ROW_VERSION, blocks: texts.map((text, n) => ({ role: n === 0 ? 'headline' : 'paragraph', text })) };
  const rows = annotations.map(({ id: annotation, at, start, end, tags, quote, note }) => [[id, annotation], json({
    v: ROW_VERSION, id: annotation, document: id, revision: 1, selectors: { quote, position: { start, end } },
    tags, note, created: at, stamp: { modified: at, clock: { wall: at, counter: 0 }, device },
  })]);
  return {
    documents: [[id, json(head)]],
    revisions: [[[id, 1], json(revision)]],
    files: [[[id, 1, name], whole]],
    annotations: rows,
  };
}

// The same annotations as W3C Web Annotations, for peers.
export function webAnnotationsOf({ id, annotations }) {
  return annotations.map(({ id: annotation, at, start, end, tags, quote, note }) => ({
    '@context': 'http://www.w3.org/ns/anno.jsonld',
    id: annotation,
    type: 'Annotation',
    created: new Date(at).toISOString(),
    body: [
      ...tags.map(value => ({ type: 'TextualBody', purpose: 'tagging', value })),
      ...(note ? [{ type: 'TextualBody', purpose: 'commenting', value: note }] : []),
    ],
    target: {
      source: `urn:uuid:${id}`,
      selector: [{ type: 'TextQuoteSelector', ...quote }, { type: 'TextPositionSelector', start, end }],
    },
  }));
}
