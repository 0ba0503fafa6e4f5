// Recogito text-annotator, through its public interface; the store behind it only where said. The version of its base
// is pinned as well: from 3.8.6 on, setAnnotations goes past the store that finds the ranges, and nothing is painted.
import { W3CTextFormat, createTextAnnotator } from '@recogito/text-annotator';
import { places } from './spans.js';

const SOURCE = 'urn:document';

// `format` tells what annotations it is given and gives: Web Annotations or its own. With the former it writes each
// annotation that is deleted as a Web Annotation, whether anybody listens or not.
export function create(container, renderer, format) {
  return createTextAnnotator(container, { renderer, adapter: format === 'w3c' ? W3CTextFormat(SOURCE, container) : undefined });
}

// Whether anything, or this annotation, is rendered.
export function isPainted(renderer, id) {
  if (renderer === 'CSS_HIGHLIGHTS') return id ? CSS.highlights.has(`_${id}`) : CSS.highlights.size > 0;
  return document.querySelector(id ? `.r6o-annotation[data-annotation="${id}"]` : '.r6o-annotation') !== null;
}

// What is rendered in these paragraphs: the words under each annotation. Overlays are laid over the text, so their
// place is compared with that of the words.
export function highlighted(annotator, renderer, blocks) {
  return annotator.state.store.all().flatMap(({ id, target }) => {
    const [{ range }] = target.selector;
    const block = range.startContainer.parentElement.closest('[data-block]');
    if (!blocks.includes(Number(block.dataset.block)) || !isPainted(renderer, id)) return [];
    if (renderer === 'CSS_HIGHLIGHTS') return [...CSS.highlights.get(`_${id}`)].map(painted => ({ id, text: painted.toString() }));
    const boxes = [...document.querySelectorAll(`.r6o-annotation[data-annotation="${id}"]`)].map(span => span.getBoundingClientRect());
    const covers = [...range.getClientRects()].every(({ left, right, top, bottom }) => {
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      return boxes.some(box => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom);
    });
    return [{ id, text: covers ? range.toString() : 'somewhere else' }];
  });
}

// Gives the store ranges that are ready, so that it need not look for them: how it gets to very many annotations in
// reasonable time when only what comes after is of interest.
export function hand(annotator, annotations) {
  const { parse } = W3CTextFormat(SOURCE, annotator.element);
  annotator.state.store.bulkAddAnnotations(places(annotator.element, annotations).map(({ annotation, node, start, end }) => {
    const { parsed } = parse(annotation);
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    parsed.target.selector[0].range = range;
    return parsed;
  }), true);
}

// What its handlers do with the place of a pointer.
export function hit(annotator, x, y) {
  const origin = annotator.element.getBoundingClientRect();
  return annotator.state.store.getAt(x - origin.x, y - origin.y, false);
}

// Writes these annotations as Web Annotations.
export function serialize(annotator, ids) {
  const { serialize } = W3CTextFormat(SOURCE, annotator.element);
  return ids.map(id => serialize(annotator.state.store.getAnnotation(id)));
}
