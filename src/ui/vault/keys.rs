//! The list of keyboard shortcuts.
use yew::prelude::*;

use crate::ui::messages::Messages;

pub(super) fn keys(m: Messages) -> Html {
    let groups: [(&str, Vec<(&str, &str)>); 4] = [
        (
            m.keys_selection(),
            vec![
                ("H", m.key_highlight()),
                ("T", m.key_tag()),
                ("1 … 9 0", m.key_digits()),
                ("N", m.key_note()),
                ("X", m.key_extend_passage()),
                ("M", m.key_task()),
                ("C", m.key_card()),
                ("Alt ← →", m.key_grow()),
                ("Alt", m.key_exact()),
                ("Esc", m.key_escape()),
            ],
        ),
        (
            m.keys_reader(),
            vec![
                ("[ ]", m.key_neighbours()),
                ("O", m.key_layer()),
                ("J K", m.key_paragraphs()),
                ("E", m.key_edit()),
                ("S", m.key_split()),
                ("U", m.key_join()),
                ("Del", m.key_delete()),
                ("R", m.key_role()),
                ("+ −", m.key_size()),
                ("B", m.key_shelf()),
                ("F7", m.key_caret()),
            ],
        ),
        (
            m.keys_caret(),
            vec![
                ("← →", m.key_syllable()),
                ("Ctrl ← →", m.key_word()),
                ("↑ ↓", m.key_sentence()),
                ("Ctrl ↑ ↓", m.key_block()),
                ("Shift", m.key_extend()),
                ("Shift Alt ← →", m.key_exact()),
            ],
        ),
        (
            m.keys_anywhere(),
            vec![("Ctrl Z, Ctrl Shift Z", m.key_undo()), ("G L, G R, G C", m.key_go()), ("?", m.key_help())],
        ),
    ];
    html! {
        <>
            for (title, rows) in groups {
                <table class="keys">
                    <caption>{ title }</caption>
                    <tbody>
                        for (keys, meaning) in rows {
                            <tr>
                                <th scope="row"><kbd class="kbd">{ keys }</kbd></th>
                                <td>{ meaning }</td>
                            </tr>
                        }
                    </tbody>
                </table>
            }
        </>
    }
}
