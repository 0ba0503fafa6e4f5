// A small annotator for the stand-ins to keep data in: just the elements that the torture presses, all state in
// memory, rendered anew after each edit. What differs is the store, which is told of each edit.
const TAGS = ['place', 'lead', 'partner', 'target', 'task', 'result', 'measure', 'basis', 'funds', 'due'];
const root = document.documentElement;

function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

// `store`: load() → { documents, annotations }; putDocument, putAnnotation, deleteAnnotation.
export async function mount(store) {
  const { documents, annotations } = await store.load();
  const history = [];
  let focus = null;
  let menu = null;
  let dialog = null;
  const view = document.body.appendChild(make('div'));

  const openId = () => decodeURIComponent(location.hash.match(/^#\/read\/(.+)/)?.[1] ?? '');
  const opened = () => documents.find(({ id, removed }) => id === openId() && !removed);
  const titleOrder = () => documents.filter(({ removed }) => !removed);

  function change(list, before, after, put, remove) {
    const at = list.findIndex(({ id }) => id === (after ?? before).id);
    if (after && at >= 0) list[at] = after;
    else if (after) list.push(after);
    else if (at >= 0) list.splice(at, 1);
    if (after) put(after);
    else remove(before.id);
    render();
  }
  const changeDocument = (before, after) => change(documents, before, after, store.putDocument, () => {});
  const changeAnnotation = (before, after) => change(annotations, before, after, store.putAnnotation, store.deleteAnnotation);
  function edit(kind, before, after) {
    history.push({ kind, before, after });
    kind(before, after);
  }
  function undo() {
    const step = history.pop();
    if (step) step.kind(step.after, step.before);
  }

  function selectedWords() {
    const selection = getSelection();
    const shown = view.querySelector('article');
    return shown && !selection.isCollapsed && shown.contains(selection.anchorNode) ? selection.toString() : null;
  }

  function giveTag(tag) {
    const quote = selectedWords();
    const target = quote ? annotations.find(one => one.document === openId() && one.quote === quote) : annotations.find(({ id }) => id === focus);
    if (target) {
      if (!target.tags.includes(tag)) edit(changeAnnotation, target, { ...target, tags: [...target.tags, tag] });
    } else if (quote) {
      const fresh = { id: crypto.randomUUID(), document: openId(), quote, tags: [tag], note: '' };
      focus = fresh.id;
      edit(changeAnnotation, null, fresh);
    }
  }

  addEventListener('keydown', event => {
    if (/^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName)) return;
    if (event.key === 'z' && event.ctrlKey) undo();
    else if (event.key === 'Escape') { getSelection().removeAllRanges(); render(); }
    else if (/^\d$/.test(event.key)) giveTag(TAGS[Number(event.key)]);
  });
  addEventListener('hashchange', () => { focus = null; getSelection().removeAllRanges(); render(); });
  document.addEventListener('selectionchange', () => {
    const bar = view.querySelector('[role=toolbar]');
    if (bar) bar.hidden = !selectedWords();
  });

  function addText(text) {
    const blocks = text.split('\n').map(line => line.trim()).filter(Boolean);
    const fresh = { id: crypto.randomUUID(), title: blocks[0], blocks, removed: false };
    dialog.remove();
    changeDocument(null, fresh);
    location.hash = `#/read/${fresh.id}`;
  }

  function importDialog() {
    const area = make('textarea', { 'aria-label': 'Article text' });
    const file = make('input', { type: 'file', onchange: async () => addText(await file.files[0].text()) });
    show(make('dialog', {}, file, area, make('button', { onclick: () => addText(area.value) }, 'Add article')));
  }

  function renameDialog(shown) {
    const input = make('input');
    const save = () => {
      dialog.remove();
      edit(changeDocument, shown, { ...shown, title: input.value });
    };
    show(make('dialog', {}, input, make('button', { onclick: save }, 'Save')));
  }

  function show(element) {
    dialog?.remove();
    dialog = document.body.appendChild(element);
    dialog.showModal();
  }

  const card = one => make('li', { 'data-annotation': one.id, 'aria-current': focus === one.id && 'true' },
    ...one.tags.map(tag => make('span', { 'data-tag': tag }, tag, make('button', {
      'aria-label': `Take ${tag}`,
      onclick: () => edit(changeAnnotation, one, { ...one, tags: one.tags.filter(other => other !== tag) }),
    }, '×'))),
    make('blockquote', { onclick: () => { focus = one.id; render(); } }, one.quote),
    noteField(one),
    make('button', { 'aria-label': 'Delete', onclick: () => edit(changeAnnotation, one, null) }, 'Delete'));

  function noteField(one) {
    const area = make('textarea', {
      'aria-label': 'Note',
      oninput: () => {
        const before = annotations.find(({ id }) => id === one.id);
        edit(changeAnnotation, before, { ...before, note: area.value });
      },
    });
    area.value = one.note;
    return area;
  }

  const row = shown => make('li', {},
    make('a', { href: `#/read/${shown.id}` }, shown.title),
    make('button', { 'aria-label': `More for “${shown.title}”`, onclick: () => { menu = shown.id; render(); } }, '…'),
    ...(menu === shown.id ? [
      make('button', { role: 'menuitem', onclick: () => { menu = null; renameDialog(shown); } }, 'Rename'),
      make('button', { role: 'menuitem', onclick: () => { menu = null; edit(changeDocument, shown, { ...shown, removed: true }); } }, 'Remove'),
    ] : []));

  function render() {
    const shown = opened();
    const article = view.querySelector('article');
    if (shown && article?.dataset.id === shown.id) {
      // The text stays, and with it the selection.
      article.setAttribute('aria-label', shown.title);
      view.querySelector('ol').replaceWith(list(shown));
      return;
    }
    if (shown) {
      view.replaceChildren(
        make('div', { role: 'toolbar', 'aria-label': 'Selection', hidden: true }, 'Selection'),
        make('article', { 'aria-label': shown.title, 'data-id': shown.id }, ...shown.blocks.map((block, n) => make('p', { 'data-block': String(n) }, block))),
        list(shown));
    } else {
      view.replaceChildren(make('button', { onclick: importDialog }, 'Import'), make('ul', { 'aria-label': 'Documents', style: 'min-height: 1px' }, ...titleOrder().map(row)));
    }
  }
  const list = shown => make('ol', { 'aria-label': 'Annotations' }, ...annotations.filter(one => one.document === shown.id).map(card));

  render();
  root.dataset.state = 'ready';
}
