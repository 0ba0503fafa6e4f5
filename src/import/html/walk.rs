//! Walks a page without recursion.
use scraper::node::Element;
use scraper::{Html, Node};

/// Is told what a walk comes by, in document order.
pub(super) trait Visitor {
    /// Comes to an element. The answer says whether to go in; only then it is left later.
    fn enter(&mut self, element: &Element) -> bool;
    /// Comes to a text.
    fn text(&mut self, text: &str);
    /// Leaves an element.
    fn leave(&mut self, element: &Element);
}

/// Shows a page to a visitor.
pub(super) fn walk(html: &Html, visitor: &mut impl Visitor) {
    let mut node = html.tree.root();
    loop {
        let goes_in = match node.value() {
            Node::Element(element) => visitor.enter(element),
            Node::Text(text) => {
                visitor.text(&text.text);
                false
            }
            Node::Document | Node::Fragment => true,
            _ => false,
        };
        if goes_in {
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            if let Node::Element(element) = node.value() {
                visitor.leave(element);
            }
        }
        loop {
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else { return };
            node = parent;
            if let Node::Element(element) = node.value() {
                visitor.leave(element);
            }
        }
    }
}
