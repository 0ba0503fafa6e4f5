//! The smallest Yew page: what the app's start is measured against (see `tests/e2e/journeys/speed.rs`).
use yew::prelude::*;

#[component]
fn Blank() -> Html {
    html! { <p data-block="0">{ "Blank" }</p> }
}

fn main() {
    yew::Renderer::<Blank>::new().render();
}
