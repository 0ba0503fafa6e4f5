//! What is no article is refused, each with a sentence of its own, and the app stays usable; what is merely large
//! is taken.
use std::time::{Duration, Instant};

use crate::page::{Page, Step};

/// Refused files: name, bytes, and the message of `locales/en.toml`.
fn refused() -> [(&'static str, Vec<u8>, &'static str); 6] {
    let scripts = "<!doctype html><html><head><title>App</title></head><body><div id=\"root\"></div>\
                   <script>document.title = 'made by scripts'</script></body></html>";
    [
        ("empty.txt", Vec::new(), "fail_empty"),
        ("binary.txt", (0..=255).cycle().take(40_000).collect(), "fail_binary"),
        ("one line.txt", vec![b'a'; 20_000_000], "fail_line_too_long"),
        ("latin.txt", b"Th\xe0nh ph\xf4 l\xe0 n\xe0o? C\xe9 n'est pas UTF-8.\n".to_vec(), "fail_not_unicode"),
        ("article.docx", b"no format that can be read".to_vec(), "fail_unknown_format"),
        ("scripts.html", scripts.as_bytes().to_vec(), "fail_no_text"),
    ]
}

pub(super) async fn walk(page: &mut Page) -> Step {
    page.open("").await?;
    for (name, bytes, message) in refused() {
        let file = page.write_file(name, bytes)?;
        page.import_file(&file).await?;
        page.until_sentence(message).await?;
        page.find("button", "Try again").await?;
    }
    let file = page.write_file("good.md", "# A good article\n\nIt can be *read*.\n")?;
    page.import_file(&file).await?;
    page.until_block("It can be read.").await?;
    page.press("link", "Library").await?;
    page.until_documents(1).await?;
    paste_megabytes(page).await
}

async fn paste_megabytes(page: &mut Page) -> Step {
    const PARAGRAPHS: u64 = 10_000;
    let sentence = "The villages and the harbour office agreed to haul abandoned gear out of the bay. ";
    let paragraphs = (1..=PARAGRAPHS).map(|n| format!("Paragraph {n}. {}", sentence.repeat(6).trim()));
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    let started = Instant::now();
    page.import_text(&text).await?;
    let script = "return blocks().length";
    let slow = Duration::from_secs(90);
    page.until_within(slow, "10,000 paragraphs", script, vec![], |count| *count == PARAGRAPHS).await?;
    let megabytes = text.len() as f64 / 1e6;
    page.notes.push(format!("a paste of {megabytes:.1} MB was read and shown after {} ms", started.elapsed().as_millis()));
    page.select("Paragraph 1. The villages").await?;
    page.key('1').await?;
    page.until_card("Paragraph 1. The villages", &["lead"]).await?;
    page.until_saved().await
}
