//! The strip: where in a document the passages are, and how far it was read.
use yew::prelude::*;

use crate::record::Glance;

/// Draws the strip with its sentence for assistive technology.
pub(in crate::ui) fn strip(glance: &Glance, label: String) -> Html {
    html! {
        <svg class="strip" viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label={label}>
            <line x1="0" x2="1000" y1="11" y2="11" />
            <rect x="0" y="10" width={glance.read_permille.to_string()} height="2" />
            for mark in glance.strip.iter() {
                <rect x={mark.start.to_string()} y="0" height="8" data-style={mark.style.name()}
                    width={mark.end.saturating_sub(mark.start).clamp(5, 40).to_string()} />
            }
        </svg>
    }
}
