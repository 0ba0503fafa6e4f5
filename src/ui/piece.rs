//! One component type for all views.
//!
//! Yew compiles each component type anew: its life cycle, its scheduling, its properties, some 2 KB of the compressed
//! page. So a view is a hook that returns HTML, and [`piece`] makes a component of it: one type for all of them. The
//! name of the view is part of its key, so that Yew never takes one view for another.
use std::any::Any;
use std::ptr::fn_addr_eq;
use std::rc::Rc;

use yew::functional::HookContext;
use yew::prelude::*;
use yew::virtual_dom::VComp;

/// Draws a view from its properties; runs its hooks in the order in which they stand.
pub(in crate::ui) type Draw<P> = fn(&P, &mut HookContext) -> Html;

/// A view as a component: redrawn when its properties are others than before, or one of its hooks asks for it.
/// `name` must be another for each view; where one view stands several times among its siblings, `key` tells which.
pub(in crate::ui) fn piece<P: PartialEq + 'static>(
    name: &'static str,
    key: &str,
    properties: P,
    draw: Draw<P>,
) -> Html {
    let key = if key.is_empty() { name.into() } else { format!("{name}-{key}").into() };
    let drawing: Rc<dyn Drawing> = Rc::new(View { properties, draw });
    VComp::new::<Piece>(Rc::new(PieceProps { drawing }), Some(key)).into()
}

#[derive(Properties)]
struct PieceProps {
    drawing: Rc<dyn Drawing>,
}

impl PartialEq for PieceProps {
    fn eq(&self, other: &Self) -> bool {
        self.drawing.is_same(other.drawing.as_any())
    }
}

#[component]
fn Piece(props: &PieceProps) -> Html {
    use_drawing(props)
}

/// Hooks are called by Yew's own macro only; this one hands its context on.
fn use_drawing(props: &PieceProps) -> impl Hook<Output = Html> + '_ {
    Running(&*props.drawing)
}

struct Running<'a>(&'a dyn Drawing);

impl Hook for Running<'_> {
    type Output = Html;

    fn run(self, context: &mut HookContext) -> Html {
        self.0.draw(context)
    }
}

trait Drawing {
    fn draw(&self, context: &mut HookContext) -> Html;
    fn is_same(&self, other: &dyn Any) -> bool;
    fn as_any(&self) -> &dyn Any;
}

struct View<P> {
    properties: P,
    draw: Draw<P>,
}

impl<P: PartialEq + 'static> Drawing for View<P> {
    fn draw(&self, context: &mut HookContext) -> Html {
        (self.draw)(&self.properties, context)
    }

    fn is_same(&self, other: &dyn Any) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| fn_addr_eq(self.draw, other.draw) && self.properties == other.properties)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
